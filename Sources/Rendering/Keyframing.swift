import Diffusion
import Models
import Plans
import Scripts

/// How a job's keyframes are made: take upon take, each of which keeps what the one before it made, but for the keyframes that it makes
/// again.
struct Keyframing: Sendable {
    /// The last take, which holds those before it.
    let last: LatentsIdentity
    /// By take.
    let takes: [Fingerprint]
    /// By keyframe: the take that made it, not one that kept it. Segments below name that take, so a later take that keeps the
    /// keyframe does not make them anew.
    let origins: [Fingerprint]

    init(job: RenderJob, network: NetworkIdentity, configuration: ModelConfiguration) throws {
        let segment = job.plan.segment(.global)
        let identity = SamplingIdentity(configuration, depth: 0, stride: segment.stride)
        let prompts = segment.frames.map(job.storyboard.prompt(at:))
        var before: LatentsIdentity?
        var takes: [Fingerprint] = []
        var origins: [Fingerprint] = []
        for take in job.takes.isEmpty ? [Take(seed: job.seed)] : job.takes {
            let kept = before == nil ? [] : segment.frames.indices.filter { take.keyframes?.contains($0) == false }
            let made = LatentsIdentity(
                network: network, sampling: identity,
                request: SegmentRequest(
                    seed: take.seed, depth: 0, stride: segment.stride, frames: segment.frames,
                    prompts: take.prompts ?? prompts),
                parents: [], kept: before.flatMap { kept.isEmpty ? nil : .frames(kept, of: $0) })
            let fingerprint = try Fingerprint(of: made)
            takes.append(fingerprint)
            origins = segment.frames.indices.map { kept.contains($0) ? origins[$0] : fingerprint }
            before = made
        }
        last = before!
        self.takes = takes
        self.origins = origins
    }
}
