package import Foundation
package import RenderPlan
package import Script

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
    /// Jobs of higher priority get the next free worker; equals go by order of submission.
    package let priority: Int
    /// Segments that may have taken the process down before: each is made with nothing else at work, so that the next
    /// death has one culprit.
    package let suspects: Set<SegmentID>
    /// Where the film appears, by rename, when it is whole.
    package let output: URL

    package init(
        id: Int64, name: String, script: String, storyboard: Storyboard, plan: RenderPlan, seed: UInt64,
        priority: Int = 0, suspects: Set<SegmentID> = [], output: URL
    ) {
        self.id = id
        self.name = name
        self.script = script
        self.storyboard = storyboard
        self.plan = plan
        self.seed = seed
        self.priority = priority
        self.suspects = suspects
        self.output = output
    }
}
