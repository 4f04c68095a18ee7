import Diffusion
import Models
import Plans

/// Counts and times one job's work, for its progress. It counts evaluations of the network: a guided step takes two,
/// and depths differ in guidance, so that counting steps would misjudge the depths that are to come.
struct Meter {
    /// Nothing done.
    private let blank: RenderProgress
    /// Of one step, by depth.
    private let evaluationsPerStep: [Int]
    private var underWay: [SegmentID: Int] = [:]
    private var evaluationSeconds = Samples()
    private var decodeSeconds = Samples()

    init(plan: RenderPlan, configuration: ModelConfiguration, workers: Int, keyframeHands: Int) {
        evaluationsPerStep = configuration.sampling.efforts(strides: plan.strides).map(\.evaluationsPerStep)
        blank = RenderProgress(
            plan: plan, evaluationsPerDepth: configuration.evaluations(strides: plan.strides), workers: workers,
            keyframeHands: keyframeHands,
            evaluationsPerKeyframeStep: evaluationsPerStep[0])
    }

    /// How much work a segment is, by depth.
    var evaluationsPerSegment: [Int] { blank.depths.map(\.evaluations) }

    mutating func heard(_ news: SegmentNews, of segment: SegmentID) {
        switch news {
        case .stepped(let step, _, let seconds):
            underWay[segment] = step * evaluationsPerStep[segment.depth]
            let hands = segment.depth == 0 ? blank.keyframeHands : 1
            evaluationSeconds.add(seconds * Double(hands) / Double(evaluationsPerStep[segment.depth]))
        case .decoded(let seconds):
            decodeSeconds.add(seconds)
        case .started, .alive, .damaged: break
        }
    }

    /// The segment is no longer under way: it is done, or given back.
    mutating func ended(_ segment: SegmentID) { underWay[segment] = nil }

    func progress(done: (Int) -> Int) -> RenderProgress {
        var progress = blank
        for depth in progress.depths.indices {
            progress.depths[depth].done = done(depth)
            progress.depths[depth].evaluationsUnderWay = underWay.reduce(0) {
                $0 + ($1.key.depth == depth ? $1.value : 0)
            }
        }
        progress.secondsPerEvaluation = evaluationSeconds.median
        progress.secondsPerDecode = decodeSeconds.median
        return progress
    }
}
