package import Plans
import Scripts

/// What an edited script takes over from the job that it is an edit of.
package struct Edit: Sendable, Equatable {
    /// Where the noise starts, as in that job.
    package let seed: UInt64
    /// How the keyframes are made: as there, and those anew whose prompts have changed.
    package let takes: [Take]
    /// How many keyframes stay, of how many.
    package let kept: Int
    package let keyframes: Int

    /// nil where nothing can be taken over: another length or seed, other words everywhere, or so many edits upon each other that
    /// they cannot be told.
    /// - Parameters:
    ///   - before: the script that was edited
    ///   - seed: its job's, which may have been made another since
    ///   - takes: its job's
    package init?(_ after: Commission, of before: Commission, seed: UInt64, takes: [Take]) {
        guard after.plan == before.plan, after.seed == before.seed, after.text != before.text else { return nil }
        let frames = after.plan.segment(.global).frames
        let prompts = frames.map(before.storyboard.prompt(at:))
        let changed = frames.indices.filter { after.storyboard.prompt(at: frames[$0]) != prompts[$0] }
        guard changed.count < frames.count else { return nil }
        self.seed = seed
        kept = frames.count - changed.count
        keyframes = frames.count
        guard !changed.isEmpty else {
            self.takes = takes
            return
        }
        let earlier = takes.isEmpty ? [Take(seed: seed)] : takes
        self.takes =
            earlier.map { Take(seed: $0.seed, keyframes: $0.keyframes, prompts: $0.prompts ?? prompts) }
            + [Take(seed: seed, keyframes: changed)]
        let told = self.takes.reduce(0) { $0 + ($1.prompts ?? []).reduce(0) { $0 + $1.utf8.count } }
        guard told <= Self.mostTold else { return nil }
    }

    /// Bytes of earlier prompts, beyond which a script is a film of its own: the film tells all of them, within what its comment can
    /// hold.
    private static let mostTold = 24 << 10
}
