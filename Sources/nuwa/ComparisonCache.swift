import Cartoon
import Commissions
import Comparison
import Diffusion
import Evaluation
import Files
import Foundation
import Installation
import Models
import Rendering
import Scripts
import Tensors

/// What a comparison made and read, kept from one to the next.
struct ComparisonCache: Sendable {
    let folder: URL
    let model: Model
    let recogniser: Recogniser

    func prompts(of script: HeldOutScript) throws -> (Int) -> String {
        let commission = try Commission(
            script.text, name: script.name, limits: .workbench, model: model.configuration)
        return { commission.storyboard.prompt(at: min($0, commission.storyboard.frames - 1)) }
    }

    /// What the latents of a film by a scheme depend on.
    private struct SchemeFilmIdentity: Encodable {
        let version, model, type, script: String
        let scheme: SchemeSampler.Identity
    }

    /// What is read in a film, or in an episode itself.
    private struct ReadingIdentity: Encodable {
        let version, recogniser, script: String
        /// nil: the episode itself.
        let film: SchemeFilmIdentity?
    }

    private func identity(_ script: HeldOutScript, _ maker: SchemeSampler) throws -> SchemeFilmIdentity {
        SchemeFilmIdentity(
            version: NuwaVersion.current, model: model.hash, type: "\(model.type)", script: script.text,
            scheme: try maker.identity(frames: script.episode.frames, prompt: prompts(of: script)))
    }

    private func file(_ kind: String, _ identity: some Encodable) throws -> URL {
        let folder = folder.appending(path: kind, directoryHint: .isDirectory)
        try DurableFile.makeDirectory(folder)
        return folder.appending(path: "\(try Fingerprint(of: identity).hex.prefix(32)).safetensors")
    }

    /// Throws `SafetensorsError` where a kept file holds other latents than its name says.
    func latents(_ script: HeldOutScript, by maker: SchemeSampler) throws -> Latents {
        let file = try file("latents", identity(script, maker))
        let (frames, shape) = (script.episode.frames, model.configuration.latentShape)
        let wanted = [frames, shape.height, shape.width, shape.channels]
        if FileManager.default.fileExists(atPath: file.path) {
            let kept = try SafetensorsFile(file, isRead: true)
            guard let found = kept.shape(of: "latents"), found == wanted else {
                throw SafetensorsError(
                    file: file.path, tensor: "latents",
                    problem:
                        "is \(kept.shape(of: "latents").map { "of shape \($0)" } ?? "missing"); the film has \(wanted). "
                        + "Remove the file, and it is made again")
            }
            return Latents(
                frames: frames, height: shape.height, width: shape.width, channels: shape.channels,
                values: try kept.floats("latents"))
        }
        let made = try maker.latents(seed: script.episode.seed, frames: frames, prompt: prompts(of: script))
        var writer = SafetensorsWriter()
        writer.add("latents", shape: wanted, values: made.values)
        try DurableFile.write(writer.data(), to: file)
        return made
    }

    func made(_ script: HeldOutScript, by maker: SchemeSampler) throws -> FilmReading.Side {
        try side(script, identity(script, maker)) {
            var (pictures, fitting) = (try pictures(script, by: maker), Fitting())
            return try FilmReading.read(recogniser, script, frames: 0..<script.episode.frames) { _ in
                try pictures.next().map { try fitting.fit($0) }
            }
        }
    }

    func real(_ script: HeldOutScript) throws -> FilmReading.Side {
        try side(script, nil) {
            try FilmReading.real(script, shown: 0..<script.episode.frames, recogniser)
        }
    }

    private func side(
        _ script: HeldOutScript, _ film: SchemeFilmIdentity?, _ read: () throws -> FilmReading.Side
    ) throws -> FilmReading.Side {
        let identity = ReadingIdentity(
            version: NuwaVersion.current, recogniser: recogniser.hash, script: script.text, film: film)
        let file = try file("readings", identity)
        if FileManager.default.fileExists(atPath: file.path) { return try FilmReading.Side(file) }
        let side = try read()
        try DurableFile.write(side.file(), to: file)
        return side
    }

    func pictures(_ script: HeldOutScript, by maker: SchemeSampler) throws -> FilmPictures {
        FilmPictures(
            try latents(script, by: maker), groups: try maker.groups(frames: script.episode.frames),
            model: model)
    }
}
