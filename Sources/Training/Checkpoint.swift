import Files
import Foundation
import Tensors

/// All that a training has come to, in one safetensors file, f32: of each parameter its weights, their running average and AdamW's two
/// moments, as `weights.NAME`, `average.NAME`, `first.NAME` and `second.NAME`; counters in the metadata. The same state gives the
/// same bytes.
struct Checkpoint {
    /// The number of steps taken.
    var step: Int
    /// The least held-out score so far.
    var best: Double?
    var parameters: [(name: String, shape: [Int], state: ParameterState)]

    struct ParameterState {
        var weights, average, first, second: [Float]
        var updates: Int
    }

    private static let format = "nuwa training 1"

    /// Writes it so that a reader finds this one or the one before, whole, also after a power cut.
    func write(to url: URL) throws {
        var updates: [String: Int] = [:]
        for (name, _, state) in parameters { updates[name] = state.updates }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var metadata = ["format": Self.format, "step": String(step)]
        metadata["updates"] = String(decoding: try encoder.encode(updates), as: UTF8.self)
        // The bits, since every digit counts.
        metadata["best"] = best.map { String($0.bitPattern, radix: 16) }
        var file = SafetensorsWriter(metadata: metadata)
        for (name, shape, state) in parameters {
            file.add("weights." + name, shape: shape, values: state.weights)
            file.add("average." + name, shape: shape, values: state.average)
            file.add("first." + name, shape: shape, values: state.first)
            file.add("second." + name, shape: shape, values: state.second)
        }
        try DurableFile.write(file.data(), to: url)
    }

    /// Reads one of the parameters `wanted`. Throws a ``TrainingError`` or `SafetensorsError` that names the file and what is wrong.
    static func read(_ url: URL, wanted: [(name: String, shape: [Int])]) throws -> Checkpoint {
        let file = try SafetensorsFile(url)
        func refused(_ problem: String) -> TrainingError { .checkpoint(file: url.path, problem: problem) }
        guard file.metadata["format"] == format, let step = file.metadata["step"].flatMap(Int.init),
            let json = file.metadata["updates"]
        else { throw refused("is not a checkpoint of a training in format '\(format)'") }
        let updates: [String: Int]
        do {
            updates = try JSONDecoder().decode([String: Int].self, from: Data(json.utf8))
        } catch {
            throw refused("does not say how often each parameter was updated: \(error)")
        }
        guard file.names.count == 4 * wanted.count else {
            let (found, needed) = (file.names.count / 4, wanted.count)
            throw refused(
                "holds \(found) parameters, this training has \(needed): it belongs to another model or recipe; go on with those that it "
                    + "was begun with, or name another --work, where its model/ can be the --start")
        }
        let best = file.metadata["best"].flatMap { UInt64($0, radix: 16) }.map(Double.init(bitPattern:))
        let parameters = try wanted.map { name, shape in
            func values(_ kind: String) throws -> [Float] {
                guard file.shape(of: kind + name) == shape else {
                    throw refused("has no \(kind)\(name) of shape \(shape), which this training needs")
                }
                return try file.floats(kind + name)
            }
            let state = ParameterState(
                weights: try values("weights."), average: try values("average."), first: try values("first."),
                second: try values("second."), updates: updates[name] ?? 0)
            return (name, shape, state)
        }
        return Checkpoint(step: step, best: best, parameters: parameters)
    }
}
