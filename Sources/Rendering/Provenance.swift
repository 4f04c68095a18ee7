import Diffusion
import Digest
package import Encoding
import Foundation
package import Models
package import Plans
import Scripts
import Video

/// What a film was made from, as JSON in its `comment` tag: enough to make it again, and nothing that would differ if
/// it were (no times, no hosts, no number of workers).
package struct Provenance: Codable, Equatable, Sendable {
    package struct Model: Codable, Equatable, Sendable {
        package let name: String
        package let hash: String
        package let precision: String

        fileprivate var title: String { "\(name) \(hash.prefix(12))…" }
    }

    package struct Sampling: Codable, Equatable, Sendable, CustomStringConvertible {
        package let sampler: String
        /// Of the sampler for a segment, by depth.
        package let steps: [Int]
        /// By depth.
        package let guidance: [Double]
        /// How often keyframes were drawn at the most; nil: once.
        package let draws: Int?

        package var description: String {
            "\(sampler) with \(steps) steps by depth and guidance \(guidance)"
                + (draws.map { ", keyframes drawn up to \($0) times" } ?? "")
        }
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
    /// How its keyframes were made; nil: all of them, with that seed.
    package let takes: [Take]?
    package let frames: Int
    package let fps: Int
    /// Instruction set and library that computed it: with others, the last bits may differ.
    package let arithmetic: String
    /// Of the networks, the samplers and the noise: ``NetworkIdentity/currentFormat``. nil in films of before it was told.
    package let format: Int?
    /// What encoded it; nil in films of before it was told.
    package let encoder: EncoderIdentity?

    init(
        job: RenderJob, configuration: ModelConfiguration, network: NetworkIdentity, encoder: EncoderIdentity,
        version: String
    ) {
        nuwa = version
        name = job.name
        script = job.script
        scriptHash = SHA256.hex(of: job.script)
        model = Model(name: configuration.name, hash: network.model, precision: network.precision)
        let efforts = configuration.sampling.efforts(strides: job.plan.strides)
        let samplers = efforts.map { configuration.sampling.sampler(of: $0).rawValue }
        sampling = Sampling(
            sampler: Set(samplers).count == 1 ? samplers[0] : samplers.joined(separator: "/"),
            steps: efforts.map(\.steps), guidance: efforts.map(\.guidance),
            draws: configuration.judge?.draws)
        seed = job.seed
        takes = job.takes.isEmpty ? nil : job.takes
        frames = job.plan.frames
        fps = job.storyboard.fps
        arithmetic = network.arithmetic
        format = network.format
        self.encoder = encoder
    }

    /// That of the film which this job would become here.
    /// - Throws: `RenderFailure` if there is no encoder
    package init(
        job: RenderJob, configuration: ModelConfiguration, network: NetworkIdentity, encoding: FilmEncoding,
        version: String
    ) throws {
        self.init(
            job: job, configuration: configuration, network: network,
            encoder: try EncoderIdentity(configuration: configuration, fps: job.storyboard.fps, encoding: encoding),
            version: version)
    }

    /// Whether this is the text of its script.
    package func isMade(from script: String) -> Bool { SHA256.hex(of: script) == scriptHash }

    /// How the film was encoded; as by default where it does not say.
    package var encoding: FilmEncoding {
        encoder.map { FilmEncoding(crf: $0.video.crf, preset: $0.video.preset) } ?? .standard
    }

    /// Why a film that is made here from the same script will have other bytes, each as a sentence; empty where it will have the same.
    /// - Parameter here: the provenance of that film
    package func obstacles(here: Provenance) -> [String] {
        var obstacles: [String] = []
        func compare(_ what: String, _ then: String, _ now: String) {
            if then != now { obstacles.append("\(what): the film was made by \(then), here it is \(now)") }
        }
        compare("model", model.title, here.model.title)
        compare("precision", model.precision, here.model.precision)
        compare("arithmetic", arithmetic, here.arithmetic)
        compare("sampling", "\(sampling)", "\(here.sampling)")
        if let format, let now = here.format { compare("the networks' code", "version \(format)", "version \(now)") }
        if let encoder, let now = here.encoder, encoder != now {
            obstacles.append("encoder: the film was made by \(encoder), here it is \(now)")
        }
        if frames != here.frames || fps != here.fps {
            obstacles.append(
                "script: the film has \(frames) frames at \(fps) fps, the script now gives \(here.frames) at \(here.fps)"
            )
        }
        return obstacles
    }

    /// Reads the provenance of a film from its `comment`.
    /// - Throws: `DecodingError` if it is not one of nuwa's, or of a version that tells it in another way
    package init(comment: String) throws {
        self = try JSONDecoder().decode(Provenance.self, from: Data(comment.utf8))
    }

    /// Canonical JSON, so that the same provenance gives the same bytes, within what a film's comment can hold.
    func comment() throws -> String {
        let whole = try json()
        guard whole.utf8.count > Film.commentLimit else { return whole }
        var short = self
        short.script = nil
        return try short.json()
    }

    private func json() throws -> String { String(decoding: try CanonicalJSON.encode(self), as: UTF8.self) }
}
