/// What a film costs by a scheme: how often the network is evaluated, one after the other at the least, and how long so many workers take.
package struct Cost: Sendable {
    /// Something that a worker does at one go, once what it waits for is done.
    struct Task: Sendable {
        let evaluations: Int
        let decodes: Int
        /// Numbers of tasks before it.
        let waitsFor: [Int]
    }

    let tasks: [Task]

    package var evaluations: Int { tasks.reduce(0) { $0 + $1.evaluations } }

    /// The clips, and after them the pictures of every 15 frames.
    /// - Parameter evaluations: of one clip
    package init(clips: [Clip], frames: Int, evaluations: (Clip) -> Int) {
        var maker: [Int: Int] = [:]
        var tasks: [Task] = []
        for (number, clip) in clips.enumerated() {
            tasks.append(
                Task(
                    evaluations: evaluations(clip), decodes: 0,
                    waitsFor: Set(clip.given.compactMap { maker[$0] }).sorted()))
            for (_, frame) in clip.made where maker[frame] == nil { maker[frame] = number }
        }
        for stretch in FilmPictures.stretches(frames: frames) {
            tasks.append(
                Task(evaluations: 0, decodes: 1, waitsFor: Set(stretch.compactMap { maker[$0] }).sorted()))
        }
        self.tasks = tasks
    }

    /// A queue: one step after the other, and pictures as their frames come.
    package init(queueOf length: Int, frames: Int, evaluations: Int, beginning: Int) {
        var tasks = [Task(evaluations: beginning, decodes: 0, waitsFor: [])]
        for _ in 0..<frames { tasks.append(Task(evaluations: evaluations, decodes: 0, waitsFor: [tasks.count - 1])) }
        for stretch in FilmPictures.stretches(frames: frames) {
            tasks.append(Task(evaluations: 0, decodes: 1, waitsFor: [stretch.upperBound]))
        }
        self.tasks = tasks
    }

    /// Seconds until all is done.
    /// - Parameters:
    ///   - workers: each does one task at a time, of those that can be begun the one that comes first
    ///   - evaluation, decode: seconds of one
    package func seconds(workers: Int, evaluation: Double, decode: Double) -> Double {
        var missing = tasks.map(\.waitsFor.count)
        var waiting = [[Int]](repeating: [], count: tasks.count)
        for (number, task) in tasks.enumerated() { for other in task.waitsFor { waiting[other].append(number) } }
        var ready = tasks.indices.filter { missing[$0] == 0 }
        var working: [(end: Double, task: Int)] = []
        var now = 0.0
        while !ready.isEmpty || !working.isEmpty {
            while working.count < workers, !ready.isEmpty {
                let number = ready.removeFirst()
                let task = tasks[number]
                let end = now + Double(task.evaluations) * evaluation + Double(task.decodes) * decode
                working.insert((end, number), at: working.firstIndex { $0.end > end } ?? working.count)
            }
            let (end, done) = working.removeFirst()
            now = end
            for next in waiting[done] {
                missing[next] -= 1
                if missing[next] == 0 { ready.insert(next, at: ready.firstIndex { $0 > next } ?? ready.count) }
            }
        }
        return now
    }

    /// Evaluations that no number of workers can do at the same time.
    package var criticalEvaluations: Int {
        var longest: [Int] = []
        for task in tasks { longest.append(task.evaluations + (task.waitsFor.map { longest[$0] }.max() ?? 0)) }
        return longest.max() ?? 0
    }
}
