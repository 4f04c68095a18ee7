import Terminal

/// How far a render is and how long the rest will take, from what was counted and measured.
///
/// Only time spent on segments is measured, so a job that waited in the queue, or was resumed from checkpoints, is
/// not estimated by the clock on the wall.
package struct RenderProgress: Sendable, Equatable {
    /// The work of one depth.
    package struct Depth: Sendable, Equatable {
        package var segments: Int
        /// Evaluations of the network that one segment takes: two a step where it is guided.
        package var evaluations: Int
        /// Segments that are finished; at the finest depth that includes their pixels.
        package var done = 0
        /// Those done of segments that are not finished.
        package var evaluationsUnderWay = 0

        package init(segments: Int, evaluations: Int) {
            self.segments = segments
            self.evaluations = evaluations
        }

        /// The part of this depth's evaluations that is done, 0...1.
        package var fraction: Double {
            guard segments > 0, evaluations > 0 else { return 1 }
            return min(1, (Double(done) + Double(evaluationsUnderWay) / Double(evaluations)) / Double(segments))
        }
    }

    package var depths: [Depth]
    package var workers: Int
    /// How many workers the single segment of depth 0 keeps busy: two, where one makes the pass without the prompt.
    package var keyframeHands: Int
    /// What one worker takes for one evaluation; `nil` until measured.
    package var secondsPerEvaluation: Double?
    /// What one worker takes to turn a finest segment's latents into a chunk; `nil` until measured.
    package var secondsPerDecode: Double?

    /// `evaluationsPerDepth[d]` is what a segment of depth d takes; depths beyond its end take the last number.
    ///
    /// - Parameters:
    ///   - keyframeHands: workers that there are for the segment of depth 0
    ///   - evaluationsPerKeyframeStep: evaluations in a step of depth 0; more hands than that have nothing to do
    package init(
        plan: RenderPlan, evaluationsPerDepth: [Int], workers: Int, keyframeHands: Int, evaluationsPerKeyframeStep: Int
    ) {
        self.keyframeHands = min(keyframeHands, evaluationsPerKeyframeStep)
        depths = (0..<plan.depths).map { depth in
            let evaluations =
                depth < evaluationsPerDepth.count ? evaluationsPerDepth[depth] : evaluationsPerDepth.last ?? 1
            return Depth(segments: plan.segmentCount(atDepth: depth), evaluations: evaluations)
        }
        self.workers = max(1, workers)
    }

    /// What a decode is taken for, in evaluations: always by the fraction, and by the estimate until one was measured.
    static let assumedDecodeEvaluations = 2.0

    /// The part of all work that is done, 0...1. Work is counted in evaluations, and not in seconds: what is measured on the
    /// way changes the estimate of the time that is left, but never takes back what was done.
    package var fraction: Double {
        let total = depths.indices.reduce(0) { sum, depth in
            sum + evaluations(atDepth: depth, decode: Self.assumedDecodeEvaluations) * Double(depths[depth].segments)
        }
        let left = depths.indices.reduce(0) {
            $0 + remaining(atDepth: $1, decode: Self.assumedDecodeEvaluations)
        }
        guard total > 0 else { return 1 }
        return min(1, max(0, 1 - left / total))
    }

    /// Seconds until the last chunk is there, or `nil` until an evaluation was measured.
    ///
    /// Depth after depth, each shared by as many workers as it has unfinished segments to give: the single segment of
    /// depth 0 is made faster by a second worker only where that is its second hand.
    package var remainingSeconds: Double? {
        if isFinished { return 0 }
        guard let secondsPerEvaluation else { return nil }
        return depths.indices.reduce(0) { seconds, depth in
            let unfinished = max(1, depths[depth].segments - depths[depth].done) * (depth == 0 ? keyframeHands : 1)
            return seconds + remaining(atDepth: depth, decode: decodeEvaluations) * secondsPerEvaluation
                / Double(min(workers, unfinished))
        }
    }

    package var isFinished: Bool { depths.allSatisfy { $0.done >= $0.segments } }

    /// The coarsest depth that has unfinished segments; the finest when all is done.
    var currentDepth: Int { depths.firstIndex { $0.done < $0.segments } ?? depths.count - 1 }

    /// A decode in evaluations, as measured.
    private var decodeEvaluations: Double {
        guard let secondsPerDecode, let secondsPerEvaluation, secondsPerEvaluation > 0 else {
            return Self.assumedDecodeEvaluations
        }
        return secondsPerDecode / secondsPerEvaluation
    }

    /// Of one segment, with its decode as so many evaluations.
    private func evaluations(atDepth depth: Int, decode: Double) -> Double {
        Double(depths[depth].evaluations) + (depth == depths.count - 1 ? decode : 0)
    }

    private func remaining(atDepth depth: Int, decode: Double) -> Double {
        let unfinished =
            evaluations(atDepth: depth, decode: decode) * Double(depths[depth].segments - depths[depth].done)
        return max(0, unfinished - Double(depths[depth].evaluationsUnderWay))
    }
}

extension RenderProgress: CustomStringConvertible {
    /// `depth 1 of 0…2, 4 of 15 segments, 31 %, 2m05s left`
    package var description: String {
        let depth = depths[currentDepth]
        let percent = percentText(fraction)
        guard !isFinished else { return "all \(depths.count) depths done, 100 %" }
        let place =
            "depth \(currentDepth) of 0…\(depths.count - 1), \(depth.done) of \(depth.segments) segments, \(percent)"
        return place + (remainingSeconds.map { ", \(leftText($0))" } ?? "")
    }
}
