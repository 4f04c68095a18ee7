package import Diffusion
package import Foundation
import Models
import Tensors
import Terminal
package import Threads
package import Training

/// How a denoiser does on clips that it never learnt from, without sampling: how far its prediction is off, how much the right prompt
/// helps against none, and how often it beats one with a swapped name; by stride, by what is known, and by how much noise there is.
package struct HeldOutTable: Sendable, Codable {
    package struct Row: Sendable, Codable {
        package let kind: DenoiserProbe.Kind
        package let timestep: Int
        /// The mean square error of the predicted velocity, with the right prompts.
        package let error: Double
        /// How much larger it is without a prompt.
        let promptHelps: Double
        /// The share of frames in which the right prompt has the smaller error.
        let wins: Double?
        /// The frames that `error` is a mean over, and those in which a name could be swapped.
        package let frames, swapped: Int
    }

    package let rows: [Row]

    /// What is asked. Stills for each caption alone; keyframes of long films; those of films of 226 frames, which are the only depth that these
    /// have above the finest; the middle depth of long films; the finest.
    package static let kinds: [(kind: DenoiserProbe.Kind, timesteps: [Int])] = [
        (.init(frames: 1, strides: 1...3375, known: .none), [600, 850, 930, 980]),
        (.init(frames: 16, strides: 60...225, known: .none), [600, 850, 930]),
        (.init(frames: 16, strides: 4...30, known: .none), [850, 930]),
        (.init(frames: 16, strides: 4...30, known: .both), [600, 850, 930]),
        (.init(frames: 16, strides: 1...3, known: .both), [850]),
    ]
    /// Of stills so many more are looked at than of clips, since they are single frames.
    private static let stillsPerClip = 8

    /// The mean error of all rows, each counting alike: what decides which weights a training keeps.
    package var score: Double { rows.map(\.error).reduce(0, +) / Double(rows.count) }

    /// The share of frames in which the right prompt wins, the mean of all rows.
    var wins: Double? {
        let wins = rows.compactMap(\.wins)
        return wins.isEmpty ? nil : wins.reduce(0, +) / Double(wins.count)
    }

    /// - Parameters:
    ///   - clips: of each kind.
    ///   - report: hears of each row when it is there.
    package init(
        of model: Model, latents: URL, clips count: Int, team: Team, report: (Row) -> Void = { _ in }
    ) throws {
        let probe = try DenoiserProbe(latents: latents, model: model)
        var rows: [Row] = []
        for (kind, timesteps) in Self.kinds {
            let questions = try Self.questions(probe, kind, count: kind.isStills ? count * Self.stillsPerClip : count)
            for timestep in timesteps {
                let parts = try team.map(questions.count) { question in
                    questions[question].compare(model, probe, kind, timestep)
                }
                let row = Row(kind: kind, timestep: timestep, parts.reduce(into: Part()) { $0.add($1) })
                rows.append(row)
                report(row)
            }
        }
        self.rows = rows
    }

    /// Clips that are asked about at once, and what they are asked.
    private struct Question: Sendable {
        let clips: [DenoiserProbe.Clip]
        /// By clip and frame; equal where no name could be swapped.
        let right, wrong: [[String]]

        func compare(
            _ model: Model, _ probe: DenoiserProbe, _ kind: DenoiserProbe.Kind, _ timestep: Int
        ) -> Part {
            func errors(_ prompts: [[String]]) -> [[Double?]] {
                probe.errors(of: model, clips, kind, timestep: timestep, prompts: prompts)
            }
            let (withRight, withWrong) = (errors(right), errors(wrong))
            let withNone = errors(right.map { $0.map { _ in "" } })
            var part = Part()
            for clip in clips.indices {
                for frame in right[clip].indices {
                    guard let error = withRight[clip][frame], let wrongError = withWrong[clip][frame],
                        let noneError = withNone[clip][frame]
                    else { continue }
                    part.error += error
                    part.helps += noneError - error
                    part.frames += 1
                    guard right[clip][frame] != wrong[clip][frame] else { continue }
                    part.swapped += 1
                    if error < wrongError { part.won += 1 }
                }
            }
            return part
        }
    }

    fileprivate struct Part: Sendable {
        var (error, helps) = (0.0, 0.0)
        var (frames, swapped, won) = (0, 0, 0)

        mutating func add(_ other: Part) {
            (error, helps) = (error + other.error, helps + other.helps)
            (frames, swapped, won) = (frames + other.frames, swapped + other.swapped, won + other.won)
        }
    }

    private static func questions(
        _ probe: DenoiserProbe, _ kind: DenoiserProbe.Kind, count: Int
    ) throws -> [Question] {
        let clips = try probe.clips(kind, count: count)
        let size = kind.isStills ? 32 : 2
        return stride(from: 0, to: clips.count, by: size).map { start in
            let some = Array(clips[start..<min(start + size, clips.count)])
            var random = RandomStream(.swaps, item: start)
            let pairs = some.map { clip in
                // One pair for all the frames that have the same wordings.
                var known: [[String]: (String, String)] = [:]
                return clip.wordings.map { wordings in
                    if let pair = known[wordings] { return pair }
                    let swapped = wordings.lazy.compactMap { right in
                        swappedName(in: right, &random).map { (right, $0) }
                    }.first
                    known[wordings] = swapped ?? (wordings[0], wordings[0])
                    return known[wordings]!
                }
            }
            return Question(clips: some, right: pairs.map { $0.map(\.0) }, wrong: pairs.map { $0.map(\.1) })
        }
    }
}

extension HeldOutTable.Row {
    fileprivate init(kind: DenoiserProbe.Kind, timestep: Int, _ part: HeldOutTable.Part) {
        self.init(
            kind: kind, timestep: timestep, error: part.error / Double(part.frames),
            promptHelps: part.helps / Double(part.frames),
            wins: part.swapped == 0 ? nil : Double(part.won) / Double(part.swapped), frames: part.frames,
            swapped: part.swapped)
    }

    package static let header = "frames  strides  known     t   error  prompt helps  wins       n"

    /// The row as a line below the header.
    package var line: String {
        String(
            format: "%6d  %@  %@  %4d  %6.3f  %12.3f  %@  %6d", kind.frames,
            kind.strides.map(String.init).joined(separator: "-").padded(to: 7), kind.known.rawValue.padded(to: 5),
            timestep, error, promptHelps,
            wins.map { String(format: "%3.0f %%", 100 * $0) } ?? "     ", swapped)
    }
}

extension HeldOutTable {
    /// What a training goes by.
    package var report: HeldOutReport { HeldOutReport(score: score, measures: [score, wins]) }
}
