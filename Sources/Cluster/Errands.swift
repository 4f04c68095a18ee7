import Files
import Foundation
import Rendering

/// What cannot be helped at present, told once for as long as it stays the same.
private struct Trouble {
    private var told: Set<String> = []

    mutating func tell(_ text: String, _ say: (String) -> Void) {
        if told.insert(text).inserted { say(text) }
    }

    mutating func isOver() { told = [] }
}

/// What was asked of the cluster and has not ended. Belongs to one thread.
struct Errands {
    /// How often a segment is submitted before it fails.
    private static let attempts = 3
    /// So long after the end of an element its files may take to be seen here: attributes are cached on NFS.
    private static let visibility = Duration.seconds(30)
    /// So long an element that nobody waits for is left in the queue: its job may just be between two segments, or nuwad
    /// may have just started.
    private static let patience = Duration.seconds(60)

    /// Part of a job array, or to become one.
    private struct Element {
        enum Place {
            case planned
            case submitted(Batch, Slurm.ElementID)
        }

        var place: Place
        let tasks: [SegmentTask]
        /// Names of the tasks, in their order.
        let names: [String]
        /// The element that must be done first.
        var after: Int?
        /// Whether it was submitted to wait for another one, which may be gone by now.
        var isDependent = false
        /// Who waits for what is made here, by the task's name.
        var waiting: [String: Assignment] = [:]
        var log: ElementLog?
        /// How the first so many tasks ended.
        var outcomes: [SegmentOutcome] = []
        /// When somebody waited for something here last; nil once its job was given up.
        var lastWanted: ContinuousClock.Instant? = .now
        /// When it was seen in the queue last, or submitted.
        var lastSeen = ContinuousClock.now
    }

    private let workspace: Workspace
    private let settings: SlurmExecutor.Settings
    private let say: (String) -> Void
    private let slurm = Slurm()

    /// By number, which grows.
    private var elements: [Int: Element] = [:]
    private var lastNumber = 0
    /// Which element makes a task, by the task's name.
    private var makers: [String: Int] = [:]
    /// What could not be placed yet, since the queue was not to be read.
    private var arrived: [Assignment] = []
    /// How long tasks took that were made before the renderer asked for them.
    private var made: [String: Double] = [:]
    private var attempts: [String: Int] = [:]
    /// To be taken out of the queue.
    private var doomed: [Slurm.ElementID] = []
    private var pace = Pace()
    /// Whether the queue was read, and what earlier processes left in it was taken over.
    private var isSettled = false
    private var arrayLimit = 1000
    private var trouble = Trouble()

    init(workspace: Workspace, settings: SlurmExecutor.Settings, say: @escaping (String) -> Void) {
        self.workspace = workspace
        self.settings = settings
        self.say = say
    }

    private var folder: URL { settings.workspace.appending(path: "slurm", directoryHint: .isDirectory) }

    mutating func add(_ assignments: [Assignment]) { arrived += assignments }

    /// Looks at the queue and at the logs, and does what follows.
    mutating func look() {
        if isSettled && elements.isEmpty && arrived.isEmpty {
            made = [:]
            attempts = [:]
            return
        }
        do {
            let queue = try slurm.queue()
            if !isSettled { try takeOver(queue) }
            listen()
            dropUnwanted()
            settle(queue)
            try cancelUnwanted()
            place()
            try submit()
            trouble.isOver()
        } catch {
            // The controller restarts, or the file system is away: nothing is known of the elements, so nothing is concluded.
            listen()
            dropUnwanted()
            trouble.tell("Slurm: \(error); it is asked again", say)
        }
        for element in elements.values {
            for assignment in element.waiting.values { assignment.report(.alive) }
        }
        for assignment in arrived { assignment.report(.alive) }
    }

    // MARK: - What earlier processes left

    private mutating func takeOver(_ queue: [Slurm.Entry]) throws {
        arrayLimit = try slurm.arrayLimit()
        try DurableFile.makeDirectory(folder)
        var numbers: [String: Int] = [:]
        // By job, so that what is waited for comes first.
        let batches = try Batch.all(in: folder)
        let entries = queue.filter { !$0.state.isOver }.sorted { ($0.id.job, $0.id.index) < ($1.id.job, $1.id.index) }
        for batch in batches where !entries.contains(where: { $0.name == batch.name }) { batch.remove() }
        // All is read before anything is taken over: where the file system is away, it is tried again from the start.
        let found = try entries.compactMap { entry in
            try batches.first { $0.name == entry.name }.map { batch in
                (
                    batch: batch, id: entry.id, tasks: try readTasks(of: entry.id.index, batch),
                    after: try batch.readAfter()
                )
            }
        }
        for one in found {
            guard let tasks = one.tasks else {
                // Of another version, or half written: whoever wants it submits it anew.
                doomed.append(one.id)
                continue
            }
            let number = try add(tasks, after: one.after.flatMap { numbers[$0] }, .submitted(one.batch, one.id))
            elements[number]!.isDependent = one.after != nil
            numbers[one.batch.key(of: one.id.index)] = number
        }
        if !elements.isEmpty {
            say("\(elements.count) elements of job arrays are in Slurm's queue still; they are listened to")
        }
        isSettled = true
    }

    /// nil where they are of another version, or half written.
    private func readTasks(of index: Int, _ batch: Batch) throws -> [SegmentTask]? {
        do {
            return try batch.readTasks(of: index)
        } catch let error as SystemError where error.code != ENOENT {
            throw error
        } catch {
            return nil
        }
    }

    @discardableResult
    private mutating func add(_ tasks: [SegmentTask], after: Int?, _ place: Element.Place) throws -> Int {
        lastNumber += 1
        var element = Element(place: place, tasks: tasks, names: try tasks.map { try $0.name }, after: after)
        if case .submitted(let batch, let id) = place { element.log = ElementLog(batch.output(of: id.index)) }
        for name in element.names { makers[name] = lastNumber }
        elements[lastNumber] = element
        return lastNumber
    }

    // MARK: - Listening

    private mutating func listen() {
        for number in elements.keys.sorted() {
            guard var element = elements[number], let lines = element.log?.newLines() else { continue }
            for line in lines where element.outcomes.count < element.names.count {
                let name = element.names[element.outcomes.count]
                switch line {
                case .news(let news):
                    if case .stepped(_, _, let seconds) = news {
                        pace.add(seconds, element.tasks[element.outcomes.count])
                    }
                    element.waiting[name]?.report(news)
                case .ended(let outcome):
                    element.outcomes.append(outcome)
                    end(name, outcome, &element)
                }
            }
            elements[number] = element
        }
    }

    /// A task's end, as its element tells it: good ones hold only where the files are seen.
    private mutating func end(_ name: String, _ outcome: SegmentOutcome, _ element: inout Element) {
        guard let task = zip(element.names, element.tasks).first(where: { $0.0 == name })?.1 else { return }
        switch outcome {
        case .made, .reused:
            guard let assignment = element.waiting[name] else {
                if case .made(let seconds) = outcome { made[name] = seconds }
                return
            }
            guard holds(task, assignment) else { return }
            element.waiting[name] = nil
            assignment.end(outcome)
        case .parentLost:
            element.waiting.removeValue(forKey: name)?.end(outcome)
        case .failed(let failure) where !failure.isOfMachine || failure.isForeign:
            element.waiting.removeValue(forKey: name)?.end(.failed(failure: elsewhere(failure, element)))
        case .failed, .givenBack:
            break  // It is tried again when the element has left the queue.
        }
    }

    /// Whether a task's files are seen. Where the file system says no more than that it cannot tell, they are not, and why is said.
    private mutating func holds(_ task: SegmentTask, _ assignment: Assignment) -> Bool {
        do {
            return try workspace.holds(task, report: assignment.report)
        } catch {
            trouble.tell("\(error)", say)
            return false
        }
    }

    private func elsewhere(_ failure: RenderFailure, _ element: Element) -> RenderFailure {
        guard case .submitted(let batch, let id) = element.place else { return failure }
        return .elsewhere(cause: failure, log: batch.log(of: id.index))
    }

    private func unmade(_ task: SegmentTask, _ reason: String, _ element: Element) -> RenderFailure {
        guard case .submitted(let batch, let id) = element.place else { return .unexpected(reason: reason) }
        return .unmade(segment: task.segment, reason: reason, log: batch.log(of: id.index))
    }

    // MARK: - Who waits for what

    private mutating func dropUnwanted() {
        for number in elements.keys.sorted() {
            var dropped = false
            for (name, assignment) in elements[number]!.waiting {
                switch assignment.standing() {
                case .wanted: continue
                case .unwanted: dropped = true
                case .stopping: break
                }
                elements[number]!.waiting[name] = nil
                assignment.end(.givenBack(started: true))
            }
            if !elements[number]!.waiting.isEmpty { elements[number]!.lastWanted = .now }
            // Whoever is known to have gone is not waited for.
            if dropped && elements[number]!.waiting.isEmpty { elements[number]!.lastWanted = nil }
        }
        var kept: [Assignment] = []
        for assignment in arrived {
            switch assignment.standing() {
            case .wanted:
                kept.append(assignment)
                continue
            case .unwanted:
                // What would make it may be in the queue already, and nobody will wait there any more.
                if let name = try? assignment.task.name, let number = makers[name],
                    elements[number]?.waiting.isEmpty == true
                {
                    elements[number]!.lastWanted = nil
                }
            case .stopping: break
            }
            assignment.end(.givenBack(started: false))
        }
        arrived = kept
    }

    /// Gives what arrived to the elements that make it; what none makes becomes new elements.
    private mutating func place() {
        var homeless: [Assignment] = []
        for assignment in arrived {
            guard let name = try? assignment.task.name else {
                homeless.append(assignment)
                continue
            }
            if let number = makers[name], elements[number] != nil {
                elements[number]!.waiting[name] = assignment
                elements[number]!.lastWanted = .now
                if let index = elements[number]!.names.firstIndex(of: name), index < elements[number]!.outcomes.count {
                    var element = elements[number]!
                    end(name, element.outcomes[index], &element)
                    elements[number] = element
                }
            } else if holds(assignment.task, assignment) {
                assignment.end(made.removeValue(forKey: name).map { .made(seconds: $0) } ?? .reused)
            } else {
                homeless.append(assignment)
            }
        }
        arrived = []
        // What has the same parent is of one job, and may go together.
        for group in Dictionary(grouping: homeless, by: { $0.task.parentName }).values {
            let loads = Packing.loads(group.map(\.branch), target: settings.target, seconds: pace.seconds)
            var numbers: [Int] = []
            do {
                for load in loads {
                    numbers.append(try add(load.tasks, after: load.after.map { numbers[$0] }, .planned))
                }
                for assignment in group {
                    let name = try assignment.task.name
                    elements[makers[name]!]!.waiting[name] = assignment
                }
            } catch {
                for assignment in group { assignment.end(.failed(failure: RenderFailure(error))) }
            }
        }
    }

    // MARK: - The queue

    /// Submits what is planned, in order, as far as there is room.
    private mutating func submit() throws {
        var room = settings.queued - elements.values.count { if case .submitted = $0.place { true } else { false } }
        let planned = elements.keys.sorted().filter { if case .planned = elements[$0]!.place { true } else { false } }
        var start = 0
        while start < planned.count, room > 0 {
            // Neighbours that wait for the same element, or for none, are one array.
            let after = liveParent(of: planned[start])
            var dependency: (id: Slurm.ElementID, key: String)?
            if let after {
                guard case .submitted(let batch, let id) = elements[after]!.place else { break }
                dependency = (id, batch.key(of: id.index))
            }
            let together = planned[start...].prefix { liveParent(of: $0) == after }.prefix(min(room, arrayLimit))
            let loads = together.map { Load(tasks: elements[$0]!.tasks, after: nil) }
            let batch = try Batch.write(
                loads, after: dependency?.key, in: folder,
                command: [
                    settings.program.path, "segment", "--model", settings.model.path, "--workspace",
                    settings.workspace.path,
                ])
            let job = try number(of: batch, count: loads.count, after: dependency?.id)
            for (index, number) in together.enumerated() {
                elements[number]!.place = .submitted(batch, Slurm.ElementID(job: job, index: index))
                elements[number]!.log = ElementLog(batch.output(of: index))
                elements[number]!.isDependent = dependency != nil
                elements[number]!.lastSeen = .now
            }
            start += together.count
            room -= together.count
        }
    }

    /// The element that must be done before this one; nil where there is none, or none any more.
    private func liveParent(of number: Int) -> Int? {
        elements[number]?.after.flatMap { elements[$0] == nil ? nil : $0 }
    }

    /// Submits a batch. sbatch may fail although the controller took the job ("Socket timed out"): then it is in the queue by its
    /// name, and must not come there twice.
    private func number(of batch: Batch, count: Int, after: Slurm.ElementID?) throws -> Int {
        do {
            return try slurm.submit(
                name: batch.name, count: count, after: after, script: batch.script, log: batch.folder,
                options: settings.options)
        } catch {
            guard let job = try slurm.queue().first(where: { $0.name == batch.name })?.id.job else {
                batch.remove()
                throw error
            }
            return job
        }
    }

    /// Ends the elements that are not in the queue any more.
    private mutating func settle(_ queue: [Slurm.Entry]) {
        let states = Dictionary(queue.map { ($0.id, $0.state) }) { first, _ in first }
        for number in elements.keys.sorted() {
            // One before it may have taken it along.
            guard let element = elements[number], case .submitted(let batch, let id) = element.place else { continue }
            if let state = states[id], !state.isOver {
                elements[number]!.lastSeen = .now
                continue
            }
            // A job that was just submitted may not be in the list yet; and what an element wrote last may not be seen yet.
            let age = element.lastSeen.duration(to: .now)
            let isWhole = element.outcomes.count == element.names.count
            guard isWhole || states[id] != nil || age > .seconds(settings.poll * 2) else { continue }
            over(number, batch, id, mayBeUnseen: age < Self.visibility)
        }
    }

    private mutating func over(_ number: Int, _ batch: Batch, _ id: Slurm.ElementID, mayBeUnseen: Bool) {
        guard var element = elements[number] else { return }
        for (name, task) in zip(element.names, element.tasks) {
            guard let assignment = element.waiting[name], holds(task, assignment) else { continue }
            element.waiting[name] = nil
            let outcome = element.names.firstIndex(of: name).flatMap {
                $0 < element.outcomes.count ? element.outcomes[$0] : nil
            }
            if case .made = outcome { assignment.end(outcome!) } else { assignment.end(.reused) }
        }
        let saysMade = element.outcomes.count == element.names.count
        if saysMade, !element.waiting.isEmpty, mayBeUnseen {
            elements[number] = element
            return
        }
        forget(number)
        let unmade = element.names.indices.first { $0 >= element.outcomes.count || !element.outcomes[$0].isGood }
        if unmade == nil && element.waiting.isEmpty {
            finish(batch)
            return
        }
        let reason = slurm.end(of: id) ?? "it left Slurm's queue"
        giveUp(behind: number)
        if !element.isDependent || batch.hasOutput(of: id.index) {
            blame(element, unmade, "element \(id) of \(batch.name)", reason)
        }  // Else what it waited for failed, and it never began.
        for (name, assignment) in element.waiting {
            if attempts[name, default: 0] >= Self.attempts {
                attempts[name] = nil
                assignment.end(.failed(failure: self.unmade(assignment.task, reason, element)))
            } else {
                arrived.append(assignment)
            }
        }
    }

    /// - Parameter unmade: which of its tasks it ended with; nil where it says that it made them all
    private mutating func blame(_ element: Element, _ unmade: Int?, _ who: String, _ reason: String) {
        if let unmade {
            attempts[element.names[unmade], default: 0] += 1
            say("\(who) ended before segment \(element.tasks[unmade].segment) was made: \(reason)")
        } else {
            for name in element.waiting.keys { attempts[name, default: 0] += 1 }
            say("\(who) says that all is made, but its files are not seen in \(settings.workspace.path)")
        }
    }

    /// What waits for an element that failed never runs, and whoever wants it asks again.
    private mutating func giveUp(behind number: Int) {
        for (follower, element) in elements where element.after == number {
            if case .submitted(_, let id) = element.place { doomed.append(id) }
            forget(follower)
            arrived += element.waiting.values
            giveUp(behind: follower)
        }
    }

    private mutating func forget(_ number: Int) {
        for name in elements.removeValue(forKey: number)?.names ?? [] where makers[name] == number {
            makers[name] = nil
        }
    }

    /// Removes the folder of an array, all of whose elements ended well; those of others tell what was wrong until the next start.
    private func finish(_ batch: Batch) {
        let isInUse = elements.values.contains { element in
            if case .submitted(batch, _) = element.place { true } else { false }
        }
        if !isInUse { batch.remove() }
    }

    /// Takes out of the queue what nobody waits for, and what would wait there for ever.
    private mutating func cancelUnwanted() throws {
        var removed: Set<Int> = []
        for number in elements.keys.sorted() {
            let element = elements[number]!
            let isNeedless = element.after.map(removed.contains) ?? false
            // Behind one that is waited for, it is waited for as well.
            let isBehind = liveParent(of: number) != nil
            if isBehind { elements[number]!.lastWanted = .now }
            let isForgotten = element.lastWanted.map { $0.duration(to: .now) > Self.patience } ?? true
            guard isNeedless || (!isBehind && isForgotten) else { continue }
            if case .submitted(_, let id) = element.place { doomed.append(id) }
            forget(number)
            removed.insert(number)
            arrived += element.waiting.values
        }
        guard !doomed.isEmpty else { return }
        // Where that fails, they are tried again.
        try slurm.cancel(doomed)
        say("\(doomed.count) elements are taken out of Slurm's queue: nobody waits for what they make")
        doomed = []
    }
}

extension Slurm.State {
    fileprivate var isOver: Bool { if case .over = self { true } else { false } }
}

extension SegmentOutcome {
    fileprivate var isGood: Bool {
        switch self {
        case .made, .reused: true
        case .givenBack, .parentLost, .failed: false
        }
    }
}

extension RenderFailure {
    /// Another try on the same cluster would end alike.
    fileprivate var isForeign: Bool { if case .foreign = self { true } else { false } }
}
