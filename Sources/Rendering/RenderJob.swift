package import Foundation
package import Plans
package import Scripts

/// One script to be rendered into one film.
package struct RenderJob: Sendable {
    /// The caller's number for it; every event carries it.
    package let id: Int64
    /// What people call it: the script's file name.
    package let name: String
    /// The script's text as it was dropped, for the film's provenance.
    package let script: String
    package let storyboard: Storyboard
    package let plan: RenderPlan
    package let seed: UInt64
    /// Whose it is. Owners get equal shares of the work, whatever the priorities of their jobs.
    package let owner: Int64
    /// Of an owner's jobs those of higher priority get the next free worker; equals go by their numbers.
    package let priority: Int
    package let suspects: Suspects
    /// Whether it ends when its keyframes are there, for somebody to look at them.
    package let stopsAtKeyframes: Bool
    /// How its keyframes are made; none: all of them, with the job's seed.
    package let takes: [Take]
    /// Where the film appears when it is whole.
    package let output: URL
    /// Whether it may take the place of another file there; else it appears beside that, under a number.
    package let replaces: Bool
    /// Where a contact sheet of the film appears, just before the film itself; nil for none.
    package let sheet: URL?
    /// The film's comment, where one is made again that has one; nil for the job's own provenance.
    package let comment: String?

    package init(
        id: Int64, name: String, script: String, storyboard: Storyboard, plan: RenderPlan, seed: UInt64,
        owner: Int64 = 0, priority: Int = 0, suspects: Suspects = Suspects(),
        stopsAtKeyframes: Bool = false, takes: [Take] = [], output: URL, replaces: Bool = true, sheet: URL? = nil,
        comment: String? = nil
    ) {
        self.id = id
        self.name = name
        self.script = script
        self.storyboard = storyboard
        self.plan = plan
        self.seed = seed
        self.owner = owner
        self.priority = priority
        self.suspects = suspects
        self.stopsAtKeyframes = stopsAtKeyframes
        self.takes = takes
        self.output = output
        self.replaces = replaces
        self.sheet = sheet
        self.comment = comment
    }
}

/// What of a job may have taken the process down before. Each is made with nothing else at work, so that the next death
/// has one culprit.
package struct Suspects: Sendable, Equatable {
    package var segments: Set<SegmentID>
    /// The putting together of the film.
    package var film: Bool

    package init(segments: Set<SegmentID> = [], film: Bool = false) {
        self.segments = segments
        self.film = film
    }
}
