import Files
import Foundation
import Rendering
import Terminal

// What the cluster tells: what earlier processes left in its queue, and how far elements say they are.

extension Errands {
    // MARK: - What earlier processes left

    mutating func takeOver(_ queue: [Slurm.Entry]) throws {
        let limit = try slurm.arrayLimit()
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
            let tasks: [SegmentTask]
            switch one.tasks {
            case .success(let read): tasks = read
            case .failure(let cause):
                say(
                    "what element \(one.id) of \(one.batch.name) makes cannot be read any more; whoever wants it submits it anew: \(cause)"
                )
                doomed.append(one.id)
                continue
            }
            let number = try add(
                tasks, after: one.after.flatMap { numbers[$0] },
                .init(one.batch, one.id, isDependent: one.after != nil))
            numbers[one.batch.key(of: one.id.index)] = number
        }
        if !elements.isEmpty {
            say("\(counted(elements.count, "element")) of job arrays still in Slurm's queue; listened to")
        }
        standing = .known(arrayLimit: limit)
    }

    /// A failure where they are of another version, or half written.
    /// - Throws: `SystemError` where the system refuses them, just now
    func readTasks(of index: Int, _ batch: Batch) throws -> Result<[SegmentTask], any Error> {
        do {
            return .success(try batch.readTasks(of: index))
        } catch let error as SystemError where error.code != ENOENT {
            throw error
        } catch {
            return .failure(error)
        }
    }

    @discardableResult
    mutating func add(_ tasks: [SegmentTask], after: Int?, _ submission: Element.Submission? = nil) throws -> Int {
        lastNumber += 1
        let element = Element(
            tasks: tasks, names: try tasks.map { try $0.name }, after: after, submission: submission)
        for name in element.names { makers[name] = lastNumber }
        elements[lastNumber] = element
        return lastNumber
    }

    // MARK: - Listening

    mutating func listen() {
        for number in elements.keys.sorted() {
            guard var element = elements[number], let lines = element.submission?.log.newLines() else { continue }
            for line in lines {
                // The task that it is about: the first that has not ended.
                guard let index = element.submission?.outcomes.count, index < element.names.count else { break }
                let name = element.names[index]
                switch line {
                case .news(let news):
                    if case .stepped(_, _, let seconds) = news { taskTimes.add(seconds, element.tasks[index]) }
                    element.waiting[name]?.report(news)
                case .ended(let outcome):
                    element.submission?.outcomes.append(outcome)
                    end(name, outcome, &element)
                }
            }
            elements[number] = element
        }
    }

    /// A task's end, as its element tells it: good ones hold only where the files are seen.
    mutating func end(_ name: String, _ outcome: SegmentOutcome, _ element: inout Element) {
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

    /// Whether a task's files are seen. Where the file system cannot tell, that is said, and they count as not seen.
    mutating func holds(_ task: SegmentTask, _ assignment: Assignment) -> Bool {
        do {
            return try workspace.holds(task, report: assignment.report)
        } catch {
            trouble.tell("\(error)", say)
            return false
        }
    }

    func elsewhere(_ failure: RenderFailure, _ element: Element) -> RenderFailure {
        guard let submission = element.submission else { return failure }
        return .elsewhere(cause: failure, log: submission.errors)
    }
}
