/// What a film costs by a scheme: how often the network is evaluated, one after the other at the least, and how long so many workers take.
package struct Cost: Sendable {
    /// Something that a worker does at one go, once what it waits for is done.
    struct Task: Sendable {
        /// Of the network: one after the other, and all of them, since the two passes of a guided step need not wait for each other.
        var steps = 0
        var evaluations = 0
        /// Frames of the clip, by which an evaluation takes its time.
        var frames = 0
        /// Frames whose pictures are made.
        var decoded = 0
        /// Numbers of tasks before it.
        var waitsFor: [Int] = []
    }

    let tasks: [Task]

    package var evaluations: Int { tasks.reduce(0) { $0 + $1.evaluations } }

    /// What all evaluations come to in evaluations of so many frames: shorter clips are cheaper.
    package func evaluations(ofFrames frames: Int) -> Double {
        tasks.reduce(0) { $0 + Double($1.evaluations * $1.frames) } / Double(frames)
    }

    /// The clips, and after them the pictures, a stretch at a time.
    /// - Parameters:
    ///   - stretches: frames that are decoded together
    ///   - effort: of one clip: its steps, and evaluations
    package init(
        clips: [Clip], stretches: [ClosedRange<Int>], effort: (Clip) -> (steps: Int, evaluations: Int)
    ) {
        var maker: [Int: Int] = [:]
        var tasks: [Task] = []
        for (number, clip) in clips.enumerated() {
            let effort = effort(clip)
            tasks.append(
                Task(
                    steps: effort.steps, evaluations: effort.evaluations, frames: clip.frames.count,
                    waitsFor: Set(clip.given.compactMap { maker[$0] }).sorted()))
            for (_, frame) in clip.made where maker[frame] == nil { maker[frame] = number }
        }
        for stretch in stretches {
            tasks.append(Task(decoded: stretch.count, waitsFor: Set(stretch.compactMap { maker[$0] }).sorted()))
        }
        self.tasks = tasks
    }

    /// A queue: one step after the other, and pictures as their frames come.
    /// - Parameters:
    ///   - length: frames of the queue.
    ///   - beginning: what it begins with
    package init(
        queueOf length: Int, frames: Int, stretches: [ClosedRange<Int>], evaluationsPerStep: Int,
        beginning: (steps: Int, evaluations: Int)
    ) {
        var tasks = [Task(steps: beginning.steps, evaluations: beginning.evaluations, frames: length)]
        // The task after the beginning gives frame 0.
        for frame in 0..<frames {
            tasks.append(Task(steps: 1, evaluations: evaluationsPerStep, frames: length, waitsFor: [frame]))
        }
        for stretch in stretches {
            tasks.append(Task(decoded: stretch.count, waitsFor: [stretch.upperBound + 1]))
        }
        self.tasks = tasks
    }

    /// What an evaluation and the pictures of a clip take, in seconds, of so many frames; of fewer, accordingly less.
    package struct Pace: Sendable, Codable {
        package let evaluation, decode: Double
        package let frames: Int

        package init(evaluation: Double, decode: Double, frames: Int) {
            (self.evaluation, self.decode, self.frames) = (evaluation, decode, frames)
        }
    }

    /// Seconds until all is done.
    /// - Parameter workers: each does one task at a time, of those that can be begun the one that comes first; none helps another
    package func seconds(workers: Int, pace: Pace) -> Double {
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
                let work = Double(task.evaluations * task.frames) * pace.evaluation + Double(task.decoded) * pace.decode
                let end = now + work / Double(pace.frames)
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

    /// Steps of the sampler that no number of workers can do at the same time.
    package var criticalSteps: Int {
        var longest: [Int] = []
        for task in tasks { longest.append(task.steps + (task.waitsFor.map { longest[$0] }.max() ?? 0)) }
        return longest.max() ?? 0
    }
}
