package import Diffusion
import Encoding
import Foundation
package import Pictures
import Plans

/// Depth 0 of a film alone: the keyframes, which the rest is filled in between. Made where they are not in the workspace yet, under the
/// names by which a render finds them.
package struct Keyframes: Sendable {
    let model: Model
    let workspace: Workspace

    package init(model: Model, workspace: Workspace) {
        self.model = model
        self.workspace = workspace
    }

    /// The pictures, each with its film frame; those beyond the end of the film are left out. To be called on a thread with a deep stack.
    /// - Throws: `RenderFailure`
    package func pictures(
        of job: RenderJob, version: String
    ) throws -> [(frame: Int, image: Image)] {
        let network = try NetworkIdentity(model: model)
        let blueprint = try Blueprint(
            job: job, configuration: model.configuration, network: network, encoding: .standard, version: version)
        // Of a film that is one segment only the latents are wanted, not its chunk.
        let task = SegmentTask(latents: blueprint.task(for: .global).latents, chunk: nil)
        let maker = SegmentMaker(model: model, network: network, workspace: workspace)
        if case .failed(let failure) = maker.make(task, worker: nil, isWanted: { true }, report: { _ in }) {
            throw failure
        }
        let fingerprint = blueprint.latents(of: .global)
        guard
            case .whole(let latents) = try workspace.latents(
                fingerprint, shape: model.latentsShape(frames: job.plan.segmentFrames))
        else {
            throw RenderFailure.unkeepable(segment: .global, times: 1)
        }
        let images: [Image]
        do {
            images = try model.decode(latents)
        } catch {
            throw RenderFailure.network(segment: .global, cause: error)
        }
        let frames = job.plan.segment(.global).frames
        return zip(frames, images).filter { $0.0 < job.plan.frames }.map { (frame: $0.0, image: $0.1) }
    }
}
