import Diffusion
package import Foundation
import Models
package import Plans

/// One segment to be made. It is what is hashed, so that its files have their names, and what is computed from; it
/// goes to a thread as it is, and as JSON to a process or to another machine that shares the workspace.
package struct SegmentTask: Sendable, Equatable, Codable {
    let latents: LatentsIdentity
    /// The pixels that a segment of the finest depth puts into the film; none above it.
    let chunk: ChunkIdentity?

    /// A segment starts where the one before it ends, so its place in time follows from its first frame.
    package var segment: SegmentID {
        let request = latents.request
        return SegmentID(
            depth: request.depth, index: request.frames[0] / (request.stride * (request.frames.count - 1)))
    }

    /// What must compute it.
    package var network: NetworkIdentity { latents.network }

    /// Reads a task that `json()` wrote.
    package init(json: Data) throws {
        self = try JSONDecoder().decode(Self.self, from: json)
        guard try chunk == nil || chunk?.latents == Fingerprint(of: latents) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [], debugDescription: "its chunk is made from other latents than its own"))
        }
    }

    init(latents: LatentsIdentity, chunk: ChunkIdentity?) {
        self.latents = latents
        self.chunk = chunk
    }

    package func json() throws -> Data { try CanonicalJSON.encode(self) }

    /// What its last file is kept under: two tasks of the same name come to the same.
    package var name: String {
        get throws { try (chunk.map(Fingerprint.init(of:)) ?? Fingerprint(of: latents)).hex }
    }

    /// What the segment above is kept under, on which it hangs; nil at depth 0.
    package var parentName: String? { latents.parents.first?.latents.hex }

    /// Steps of the sampler, in as many draws as there may be.
    package var steps: Int { latents.sampling.steps * (latents.sampling.draws ?? 1) }
    /// How often the network is evaluated for it, at the most.
    package var evaluations: Int {
        let sampling = latents.sampling
        return steps * ModelConfiguration.Sampling.Effort.evaluationsPerStep(guidance: sampling.guidance)
    }
}

/// What the latents of a segment depend on.
struct LatentsIdentity: Sendable, Equatable, Codable {
    /// A frame that was made one depth above.
    struct Parent: Sendable, Equatable, Codable {
        let latents: Fingerprint
        /// Which of that segment's frames.
        let frame: Int
    }

    /// What of the keyframes is as in an earlier take. It holds that take whole, so that it can be made where it is missing.
    indirect enum Kept: Sendable, Equatable, Codable {
        /// By their places.
        case frames([Int], of: LatentsIdentity)
    }

    let network: NetworkIdentity
    let sampling: SamplingIdentity
    let request: SegmentRequest
    /// Of the first and the last frame, or none at depth 0.
    let parents: [Parent]
    /// nil where all frames are made but for the parents'.
    let kept: Kept?

    private enum Key: String, CodingKey { case network, sampling, parents, kept }

    init(
        network: NetworkIdentity, sampling: SamplingIdentity, request: SegmentRequest, parents: [Parent],
        kept: Kept? = nil
    ) {
        self.network = network
        self.sampling = sampling
        self.request = request
        self.parents = parents
        self.kept = kept
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        network = try values.decode(NetworkIdentity.self, forKey: .network)
        sampling = try values.decode(SamplingIdentity.self, forKey: .sampling)
        parents = try values.decode([Parent].self, forKey: .parents)
        kept = try values.decodeIfPresent(Kept.self, forKey: .kept)
        request = try SegmentRequest(from: decoder)
        guard request.frames.count > 1, request.stride > 0 else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a segment has two frames at least"))
        }
    }

    /// The request's keys stand beside the others, as in the fingerprints of all versions.
    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(network, forKey: .network)
        try values.encode(sampling, forKey: .sampling)
        try values.encode(parents, forKey: .parents)
        try values.encodeIfPresent(kept, forKey: .kept)
        try request.encode(to: encoder)
    }
}

/// What the bytes of a chunk depend on.
struct ChunkIdentity: Sendable, Equatable, Codable {
    let encoder: EncoderIdentity
    let latents: Fingerprint
    /// Which of the segment's frames the chunk holds, from `first` on.
    let first: Int
    let count: Int

    /// Positions within the segment.
    var frames: Range<Int> { first..<first + count }
}
