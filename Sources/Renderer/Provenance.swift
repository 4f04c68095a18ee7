import Script
import Models
import RenderPlan
import Digest
import Diffusion
import Foundation
import Video

/// What a film was made from, as JSON in its `comment` tag: enough to make it again, and nothing that would differ if
/// it were (no times, no hosts, no number of workers).
package struct Provenance: Codable, Equatable, Sendable {
    package struct Model: Codable, Equatable, Sendable {
        package let name: String
        package let hash: String
        package let precision: String
    }

    package struct Sampling: Codable, Equatable, Sendable {
        package let sampler: String
        /// Evaluations per segment, by depth.
        package let steps: [Int]
        /// By depth.
        package let guidance: [Double]
    }

    /// The version of nuwa.
    package let nuwa: String
    package let name: String
    /// The script's text; nil if it is too long for a film's comment.
    package private(set) var script: String?
    /// SHA-256 of the script's text.
    package let scriptHash: String
    package let model: Model
    package let sampling: Sampling
    package let seed: UInt64
    package let frames: Int
    package let fps: Int
    /// Instruction set and library that computed it: with others, the last bits may differ.
    package let arithmetic: String

    init(job: RenderJob, configuration: ModelConfiguration, network: NetworkIdentity, version: String) {
        nuwa = version
        name = job.name
        script = job.script
        scriptHash = SHA256.hex(of: job.script)
        model = Model(name: configuration.name, hash: network.model, precision: network.precision)
        sampling = Sampling(
            sampler: configuration.sampling.sampler.rawValue,
            steps: (0..<job.plan.depths).map(configuration.sampling.steps(atDepth:)),
            guidance: (0..<job.plan.depths).map(configuration.sampling.guidance(atDepth:)))
        seed = job.seed
        frames = job.plan.frames
        fps = job.storyboard.fps
        arithmetic = network.arithmetic
    }

    /// Reads the provenance of a film from its `comment`; nil if it is not one of nuwa's.
    package init?(comment: String) {
        guard let made = try? JSONDecoder().decode(Provenance.self, from: Data(comment.utf8)) else { return nil }
        self = made
    }

    /// Canonical JSON, so that the same provenance gives the same bytes, within what a film's comment can hold.
    func comment() throws -> String {
        let whole = try json()
        guard whole.utf8.count > Film.commentLimit else { return whole }
        var short = self
        short.script = nil
        return try short.json()
    }

    private func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
