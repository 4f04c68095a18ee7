import Foundation
import Rendering

/// What was asked of the cluster and has not ended. Belongs to one thread.
struct Errands {
    /// How often a segment is submitted before it fails.
    static let attempts = 3
    /// So long after the end of an element its files may take to be seen here: attributes are cached on NFS.
    static let visibility = Duration.seconds(30)
    /// So long an element that nobody waits for is left in the queue: its job may just be between two segments, or nuwad
    /// may have just started.
    static let patience = Duration.seconds(60)

    /// What is known of the cluster.
    enum Standing {
        /// The queue was not read yet.
        case unknown
        /// What earlier processes left in it was taken over. An array has so many elements at the most.
        case known(arrayLimit: Int)
    }

    let workspace: Workspace
    let settings: SlurmExecutor.Settings
    let say: (String) -> Void
    let slurm = Slurm()

    /// By number, which grows.
    var elements: [Int: Element] = [:]
    var lastNumber = 0
    /// Which element makes a task, by the task's name.
    var makers: [String: Int] = [:]
    /// What could not be placed yet, since the queue was not to be read.
    var arrived: [Assignment] = []
    /// How long tasks took that were made before the renderer asked for them.
    var made: [String: Double] = [:]
    var attempts: [String: Int] = [:]
    /// To be taken out of the queue.
    var doomed: [Slurm.ElementID] = []
    var taskTimes = TaskTimes()
    var standing = Standing.unknown
    var trouble = Trouble()

    init(workspace: Workspace, settings: SlurmExecutor.Settings, say: @escaping (String) -> Void) {
        self.workspace = workspace
        self.settings = settings
        self.say = say
    }

    var folder: URL { settings.workspace.appending(path: "slurm", directoryHint: .isDirectory) }

    mutating func add(_ assignments: [Assignment]) { arrived += assignments }

    /// Looks at the queue and at the logs, and does what follows.
    mutating func look() {
        if case .known = standing, elements.isEmpty, arrived.isEmpty {
            made = [:]
            attempts = [:]
            return
        }
        do {
            let queue = try slurm.queue()
            if case .unknown = standing { try takeOver(queue) }
            listen()
            dropUnwanted()
            settle(queue)
            try cancelUnwanted()
            place()
            try submit()
            trouble.forget()
        } catch {
            // The controller restarts, or the file system is away: nothing is known of the elements, so nothing is concluded.
            listen()
            dropUnwanted()
            trouble.tell("the cluster is out of reach: \(error); it is tried again", say)
        }
        for element in elements.values {
            for assignment in element.waiting.values { assignment.report(.alive) }
        }
        for assignment in arrived { assignment.report(.alive) }
    }

    // MARK: - Who waits for what

    mutating func dropUnwanted() {
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
    mutating func place() {
        var homeless: [Assignment] = []
        for assignment in arrived {
            guard let name = try? assignment.task.name else {
                homeless.append(assignment)
                continue
            }
            if let number = makers[name], elements[number] != nil {
                elements[number]!.waiting[name] = assignment
                elements[number]!.lastWanted = .now
                var element = elements[number]!
                if let outcome = element.outcome(of: name) {
                    end(name, outcome, &element)
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
            let loads = Packing.loads(group.map(\.branch), target: settings.target, seconds: taskTimes.seconds)
            var numbers: [Int] = []
            do {
                for load in loads {
                    numbers.append(try add(load.tasks, after: load.after.map { numbers[$0] }))
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
}

/// What cannot be helped at present, told once for as long as it stays the same.
struct Trouble {
    private var told: Set<String> = []

    mutating func tell(_ text: String, _ say: (String) -> Void) {
        if told.insert(text).inserted { say(text) }
    }

    mutating func forget() { told = [] }
}
