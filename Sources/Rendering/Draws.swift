import Diffusion

/// Which of several draws of the keyframes each prompt gets.
enum Draws {
    /// Whether every prompt has a draw in which all of its frames are right.
    static func isSettled(prompts: [String], judgements: [[Judgement]]) -> Bool {
        zip(prompts.indices, choice(prompts: prompts, judgements: judgements)).allSatisfy { judgements[$1][$0].isRight }
    }

    /// By frame, the draw that is taken: where one prompt holds, for all its frames the one in which the cast is right in most of them; of
    /// equals the one that keeps most of what else is said, of equals the first.
    /// - Parameters:
    ///   - prompts: of the frames.
    ///   - judgements: by draw and frame
    static func choice(prompts: [String], judgements: [[Judgement]]) -> [Int] {
        var choice: [Int] = []
        var start = 0
        while start < prompts.count {
            let end = prompts[start...].firstIndex { $0 != prompts[start] } ?? prompts.count
            let scores = judgements.map { draw in
                (
                    casts: draw[start..<end].count(where: \.isCastRight),
                    kept: draw[start..<end].reduce(0) { $0 + $1.kept }
                )
            }
            let best =
                scores.indices.max {
                    (scores[$0].casts, scores[$0].kept, -$0) < (scores[$1].casts, scores[$1].kept, -$1)
                }
                ?? 0
            choice += [Int](repeating: best, count: end - start)
            start = end
        }
        return choice
    }
}
