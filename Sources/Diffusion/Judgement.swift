package import Models

/// How much of what prompts say is to be seen in pictures of them.
package struct Judgement: Sendable, Equatable {
    /// Whether everybody is there who is named, once, and nobody else whom the judge knows. A prompt that names nobody leaves nothing to be
    /// wrong.
    package var isCastRight: Bool
    /// Of what is said beside the names, how much can be seen, and how much is said.
    package var kept, said: Int

    package init(isCastRight: Bool, kept: Int = 0, said: Int = 0) {
        (self.isCastRight, self.kept, self.said) = (isCastRight, kept, said)
    }

    package var isRight: Bool { isCastRight && kept == said }

    /// Of keyframes in the film's order.
    /// - Parameters:
    ///   - wishes: of the frames' prompts.
    ///   - seen: by frame and name, those of the name who are there.
    ///   - prompts: of the frames: from one frame to the next of one prompt, people go as it says
    ///   - stride: from one frame to the next, in film frames
    static func of(
        _ wishes: [Wish], seen: [[[Figure]]], prompts: [String], stride: Int,
        traits: [ModelConfiguration.Judge.Trait]
    ) -> [Judgement] {
        wishes.indices.map { frame in
            let (wish, figures) = (wishes[frame], seen[frame])
            guard wish.isNamed.contains(true) else { return Judgement(isCastRight: true) }
            var judgement = Judgement(isCastRight: zip(wish.isNamed, figures).allSatisfy { ($0 ? 1 : 0) == $1.count })
            for (name, said) in wish.said.enumerated() {
                for (trait, alternative) in zip(traits.indices, said) {
                    guard let alternative else { continue }
                    judgement.note(figures[name].first?.alternatives[trait] == alternative)
                    guard frame > 0, prompts[frame - 1] == prompts[frame],
                        let way = traits[trait].ways?[alternative]
                    else { continue }
                    let (before, now) = (seen[frame - 1][name].first, figures[name].first)
                    judgement.note(
                        before.flatMap { before in
                            now.map { before.goes(way, to: $0, isFar: stride >= traits[trait].wayFrames ?? 1) }
                        } ?? false)
                }
            }
            return judgement
        }
    }

    private mutating func note(_ isKept: Bool) {
        said += 1
        if isKept { kept += 1 }
    }

    /// Somebody in a picture.
    struct Figure: Sendable, Equatable {
        /// Of the heat map, from the left.
        var column: Int
        /// By trait.
        var alternatives: [Int]

        /// One who rests may be seen in the next column; one who goes may be in the same, but for where he has had the time to leave it.
        func goes(_ way: Int, to other: Figure, isFar: Bool) -> Bool {
            let columns = other.column - column
            return way == 0 ? abs(columns) <= 1 : columns * way >= (isFar ? 1 : 0)
        }
    }
}
