/// Why a training stopped, or did not begin.
package enum TrainingError: Error, Equatable, CustomStringConvertible {
    case noLatents(folder: String)
    case noExamples(folder: String, kind: DenoiserRecipe.Kind)
    case otherLatents(file: String, problem: String)
    /// The recipe has `figures`, which a denoiser of a single scale cannot be asked for.
    case noSecondScale(model: String)
    /// A teacher that predicts noise, from which the clean latents cannot be told where there is hardly anything else.
    case noStudent(of: String)
    /// The decoder that is to learn draws at a size from which the recipe's cannot be had.
    case largerAlready(model: String, upscale: Int, wanted: Int)
    /// An autoencoder that is to begin anew, of which only the decoder would learn.
    case encoderNeverLearns
    /// The checkpoint does not fit the model or the recipe.
    case checkpoint(file: String, problem: String)
    /// A loss or a gradient that is no number, or a loss that rises and rises.
    case diverged(step: Int, problem: String, checkpoint: String)

    package var description: String {
        switch self {
        case .noLatents(let folder):
            "\(folder): no shards of latents; `nuwa latents --model DIR --output \(folder)` makes some"
        case .noExamples(let folder, let kind):
            "\(folder): no clips of strides \(kind.strides) with at least \(kind.frames[0]) frames, which the recipe's mix asks for"
        case .otherLatents(let file, let problem): "\(file): \(problem)"
        case .noSecondScale(let model):
            "the model \(model): its denoiser has a single scale, and the recipe's `figures` asks at the second; leave `figures` out"
        case .noStudent(let model):
            "the model \(model): it predicts noise (diffusion.objective = \"epsilon\"), and a student's few steps need one that predicts velocity"
        case .largerAlready(let model, let upscale, let wanted):
            "the model \(model): its pictures leave at \(upscale) times the size at which they enter, and the recipe's `upscale` is \(wanted); "
                + "make it a multiple of \(upscale)"
        case .encoderNeverLearns:
            "--untrained begins anew, and the recipe's `learns` leaves the encoder as it is: it would never learn; write learns = \"whole\""
        case .checkpoint(let file, let problem): "\(file): \(problem)"
        case .diverged(let step, let problem, let checkpoint):
            "step \(step): \(problem). The training has diverged and was stopped; \(checkpoint) is the last good state. "
                + "Go on from it with a lower optimiser.rate"
        }
    }
}
