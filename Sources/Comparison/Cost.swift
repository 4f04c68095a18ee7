/// What a film costs by a scheme: how often the network is evaluated, one after the other at the least, and how long so many workers take.
package struct Cost: Sendable {
    /// Something that a worker does at one go, once what it waits for is done.
    struct Work: Sendable {
        /// Of the network: one after the other, and all of them, since the two passes of a guided step need not wait for each other.
        var steps = 0
        var evaluations = 0
        /// Frames of the clip, by which an evaluation takes its time.
        var frames = 0
        /// Frames whose pictures are made.
        var decoded = 0
        /// Numbers of the works before it.
        var waitsFor: [Int] = []
    }

    let works: [Work]

    package var evaluations: Int { works.reduce(0) { $0 + $1.evaluations } }

    /// What all evaluations come to in evaluations of so many frames: shorter clips are cheaper.
    package func evaluations(ofFrames frames: Int) -> Double {
        works.reduce(0) { $0 + Double($1.evaluations * $1.frames) } / Double(frames)
    }

    /// The clips, and after them the pictures, a group at a time.
    /// - Parameters:
    ///   - groups: frames that are decoded together
    ///   - effort: of one clip: its steps, and evaluations
    package init(
        clips: [Clip], groups: [ClosedRange<Int>], effort: (Clip) -> (steps: Int, evaluations: Int)
    ) {
        var maker: [Int: Int] = [:]
        var works: [Work] = []
        for (number, clip) in clips.enumerated() {
            let effort = effort(clip)
            works.append(
                Work(
                    steps: effort.steps, evaluations: effort.evaluations, frames: clip.frames.count,
                    waitsFor: Set(clip.given.compactMap { maker[$0] }).sorted()))
            for (_, frame) in clip.made where maker[frame] == nil { maker[frame] = number }
        }
        for group in groups {
            works.append(Work(decoded: group.count, waitsFor: Set(group.compactMap { maker[$0] }).sorted()))
        }
        self.works = works
    }

    /// A queue: one step after the other, and pictures as their frames come.
    /// - Parameters:
    ///   - length: frames of the queue.
    ///   - beginning: what it begins with
    package init(
        queueOf length: Int, frames: Int, groups: [ClosedRange<Int>], evaluationsPerStep: Int,
        beginning: (steps: Int, evaluations: Int)
    ) {
        var works = [Work(steps: beginning.steps, evaluations: beginning.evaluations, frames: length)]
        // The work after the beginning gives frame 0.
        for frame in 0..<frames {
            works.append(Work(steps: 1, evaluations: evaluationsPerStep, frames: length, waitsFor: [frame]))
        }
        for group in groups {
            works.append(Work(decoded: group.count, waitsFor: [group.upperBound + 1]))
        }
        self.works = works
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
    /// - Parameter workers: each does one work at a time, of those that can be begun the one that comes first; none helps another
    package func seconds(workers: Int, pace: Pace) -> Double {
        var missing = works.map(\.waitsFor.count)
        var waiting = [[Int]](repeating: [], count: works.count)
        for (number, work) in works.enumerated() { for other in work.waitsFor { waiting[other].append(number) } }
        var ready = works.indices.filter { missing[$0] == 0 }
        var working: [(end: Double, number: Int)] = []
        var now = 0.0
        while !ready.isEmpty || !working.isEmpty {
            while working.count < workers, !ready.isEmpty {
                let number = ready.removeFirst()
                let work = works[number]
                let seconds =
                    Double(work.evaluations * work.frames) * pace.evaluation + Double(work.decoded) * pace.decode
                let end = now + seconds / Double(pace.frames)
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
        for work in works { longest.append(work.steps + (work.waitsFor.map { longest[$0] }.max() ?? 0)) }
        return longest.max() ?? 0
    }
}
