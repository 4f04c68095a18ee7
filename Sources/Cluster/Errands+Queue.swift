import Foundation
import Rendering
import Terminal

// What is put into Slurm's queue, what has left it, and what is taken out.

extension Errands {
    // MARK: - The queue

    /// Submits what is planned, in order, as far as there is room.
    mutating func submit() throws {
        guard case .known(let arrayLimit) = standing else { return }
        var room = settings.queued - elements.values.count { $0.submission != nil }
        let planned = elements.keys.sorted().filter { elements[$0]!.submission == nil }
        var start = 0
        while start < planned.count, room > 0 {
            // Neighbours that wait for the same element, or for none, are one array.
            let after = liveParent(of: planned[start])
            let dependency = after.flatMap { elements[$0]!.submission }
            if after != nil && dependency == nil { break }
            let together = planned[start...].prefix { liveParent(of: $0) == after }.prefix(min(room, arrayLimit))
            let loads = together.map { elements[$0]!.tasks }
            let batch = try Batch.write(
                loads, after: dependency.map { $0.batch.key(of: $0.id.index) }, in: folder,
                command: [
                    settings.program.path, "segment", "--model", settings.model.path, "--workspace",
                    settings.workspace.path,
                ])
            let job = try number(of: batch, count: loads.count, after: dependency?.id)
            for (index, number) in together.enumerated() {
                elements[number]!.submission = .init(
                    batch, Slurm.ElementID(job: job, index: index), isDependent: dependency != nil)
            }
            start += together.count
            room -= together.count
        }
    }

    /// The element that must be done before this one; nil where there is none, or none any more.
    func liveParent(of number: Int) -> Int? {
        elements[number]?.after.flatMap { elements[$0] == nil ? nil : $0 }
    }

    /// Submits a batch. sbatch may fail although the controller took the job ("Socket timed out"): then it is in the queue by its
    /// name, and must not come there twice.
    func number(of batch: Batch, count: Int, after: Slurm.ElementID?) throws -> Int {
        do {
            return try slurm.submit(
                name: batch.name, count: count, after: after, script: batch.script, log: batch.folder,
                options: settings.options)
        } catch {
            // Where the queue cannot be read either, it is not known, and the batch stays for the next look.
            guard let queue = try? slurm.queue() else { throw error }
            guard let job = queue.first(where: { $0.name == batch.name })?.id.job else {
                batch.remove()
                throw error
            }
            return job
        }
    }

    /// Ends the elements that are not in the queue any more.
    mutating func settle(_ queue: [Slurm.Entry]) {
        let states = Dictionary(queue.map { ($0.id, $0.state) }) { first, _ in first }
        for number in elements.keys.sorted() {
            // One before it may have taken it along.
            guard let element = elements[number], let submission = element.submission else { continue }
            let state = states[submission.id]
            if let state, !state.isOver {
                elements[number]!.submission!.lastSeen = .now
                continue
            }
            // A job that was just submitted may not be in the list yet; and what an element wrote last may not be seen yet.
            let age = submission.lastSeen.duration(to: .now)
            let isWhole = submission.outcomes.count == element.names.count
            guard isWhole || state != nil || age > .seconds(settings.poll * 2) else { continue }
            over(number, element, submission, mayBeUnseen: age < Self.visibility)
        }
    }

    mutating func over(_ number: Int, _ left: Element, _ submission: Element.Submission, mayBeUnseen: Bool) {
        var element = left
        let outcomes = submission.outcomes
        for (name, task) in zip(element.names, element.tasks) {
            guard let assignment = element.waiting[name], holds(task, assignment) else { continue }
            element.waiting[name] = nil
            if let outcome = element.outcome(of: name), case .made = outcome {
                assignment.end(outcome)
            } else {
                assignment.end(.reused)
            }
        }
        let saysMade = outcomes.count == element.names.count
        if saysMade, !element.waiting.isEmpty, mayBeUnseen {
            elements[number] = element
            return
        }
        forget(number)
        let unmade = element.names.indices.first { $0 >= outcomes.count || !outcomes[$0].isGood }
        if unmade == nil && element.waiting.isEmpty {
            finish(submission.batch)
            return
        }
        let reason = slurm.end(of: submission.id) ?? "it left Slurm's queue"
        giveUp(behind: number)
        let (batch, id) = (submission.batch, submission.id)
        if !submission.isDependent || batch.hasOutput(of: id.index) {
            blame(element, unmade, "element \(id) of \(batch.name)", reason)
        }  // Else what it waited for failed, and it never began.
        for (name, assignment) in element.waiting {
            if attempts[name, default: 0] >= Self.attempts {
                attempts[name] = nil
                assignment.end(
                    .failed(
                        failure: .unmade(segment: assignment.task.segment, reason: reason, log: submission.errors)))
            } else {
                arrived.append(assignment)
            }
        }
    }

    /// - Parameter unmade: which of its tasks it ended with; nil where it says that it made them all
    mutating func blame(_ element: Element, _ unmade: Int?, _ who: String, _ reason: String) {
        if let unmade {
            attempts[element.names[unmade], default: 0] += 1
            say("\(who) ended before segment \(element.tasks[unmade].segment) was made: \(reason)")
        } else {
            for name in element.waiting.keys { attempts[name, default: 0] += 1 }
            say("\(who) says that all is made, but its files are not seen in \(settings.workspace.path)")
        }
    }

    /// What waits for an element that failed never runs, and whoever wants it asks again.
    mutating func giveUp(behind number: Int) {
        for (follower, element) in elements where element.after == number {
            if let submission = element.submission { doomed.append(submission.id) }
            forget(follower)
            arrived += element.waiting.values
            giveUp(behind: follower)
        }
    }

    mutating func forget(_ number: Int) {
        for name in elements.removeValue(forKey: number)?.names ?? [] where makers[name] == number {
            makers[name] = nil
        }
    }

    /// Removes the folder of an array, all of whose elements ended well; those of others tell what was wrong until the next start.
    func finish(_ batch: Batch) {
        let isInUse = elements.values.contains { $0.submission?.batch == batch }
        if !isInUse { batch.remove() }
    }

    /// Takes out of the queue what nobody waits for, and what would wait there for ever.
    mutating func cancelUnwanted() throws {
        var removed: Set<Int> = []
        for number in elements.keys.sorted() {
            let element = elements[number]!
            let isNeedless = element.after.map(removed.contains) ?? false
            // Behind one that is waited for, it is waited for as well.
            let isBehind = liveParent(of: number) != nil
            if isBehind { elements[number]!.lastWanted = .now }
            let isForgotten = element.lastWanted.map { $0.duration(to: .now) > Self.patience } ?? true
            guard isNeedless || (!isBehind && isForgotten) else { continue }
            if let submission = element.submission { doomed.append(submission.id) }
            forget(number)
            removed.insert(number)
            arrived += element.waiting.values
        }
        guard !doomed.isEmpty else { return }
        // Where that fails, they are tried again.
        try slurm.cancel(doomed)
        say(
            "\(counted(doomed.count, "element")) taken out of Slurm's queue: nobody waits for what they make, or what they wait for failed"
        )
        doomed = []
    }
}
