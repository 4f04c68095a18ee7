package import Foundation

/// Who makes segments: threads of this process, or processes here or on other machines that share the workspace.
///
/// The renderer hands a task out only while a slot is free, and is told of its end; nobody waits in between. Films are
/// not an executor's work: they are put together where the renderer is.
package protocol SegmentExecutor: Sendable {
    /// What computes. It goes into the fingerprints of all that is made.
    var network: NetworkIdentity { get }
    /// How many segments it takes at a time.
    var slots: Int { get }
    /// How many of them are computed at a time, if it has them all.
    var workers: Int { get }
    /// How many of them work on the segment of depth 0 at a time, as far as it is guided.
    var keyframeHands: Int { get }
    /// Begins a segment and returns at once.
    func begin(_ assignment: Assignment)
}

extension SegmentExecutor {
    package var workers: Int { slots }
    package var keyframeHands: Int { 1 }
}

/// A task, and those that can be made once it is done and that need nothing else: a part of a film's tree.
///
/// A thread makes the task alone and is handed the others later. Who works far away, and pays for each errand, may make all of
/// them: they are found in the workspace when their turn comes.
package struct Branch: Sendable {
    package let task: SegmentTask
    private let grow: @Sendable () -> [Branch]

    package init(task: SegmentTask, children: @escaping @Sendable () -> [Branch] = { [] }) {
        self.task = task
        grow = children
    }

    /// In the order of time; made when they are asked for, since a film has thousands.
    package var children: [Branch] { grow() }
}

/// A task that was handed out, with the way back to the renderer. All of it may be called from any thread.
package struct Assignment: Sendable {
    package enum Standing: Sendable {
        case wanted
        /// Its job was cancelled, or failed elsewhere: nobody wants what would come of it.
        case unwanted
        /// This renderer stops, and another will want it: what works elsewhere may go on with it.
        case stopping
    }

    package let branch: Branch
    /// Whether to go on; else it is to be given back. To be asked between two steps.
    package let standing: @Sendable () -> Standing
    /// What happens on the way; each is a sign of life.
    package let report: @Sendable (SegmentNews) -> Void
    /// How it ended; to be called once, and last.
    package let end: @Sendable (SegmentOutcome) -> Void

    package init(
        branch: Branch, standing: @escaping @Sendable () -> Standing,
        report: @escaping @Sendable (SegmentNews) -> Void, end: @escaping @Sendable (SegmentOutcome) -> Void
    ) {
        self.branch = branch
        self.standing = standing
        self.report = report
        self.end = end
    }

    package var task: SegmentTask { branch.task }
    package var isWanted: Bool { standing() == .wanted }
}

/// What happens while a segment is made.
package enum SegmentNews: Sendable, Equatable, Codable {
    /// Nothing was there: it is being made, by that worker; nil where that is not told.
    case started(worker: String?)
    /// `step` counts from 1.
    case stepped(step: Int, of: Int, seconds: Double)
    /// Pixels and H.264 of the segment's chunk.
    case decoded(seconds: Double)
    /// It waits in a queue, or is made elsewhere, and all is well.
    case alive
    /// A file failed its check, and lies where `setAside` says (nil: it could only be removed).
    case damaged(file: URL, setAside: URL?, reason: String)
}

/// How the making of a segment ended.
package enum SegmentOutcome: Sendable, Equatable, Codable {
    case made(seconds: Double)
    /// The files were there already.
    case reused
    /// Nobody wanted it any more. `started`: that was told.
    case givenBack(started: Bool)
    /// It was started, and its parent's checkpoint is missing or damaged.
    case parentLost
    case failed(failure: RenderFailure)
}

/// What a process that makes segments says on its standard output: a line of JSON each; after the news of a segment its end.
package enum SegmentLine: Sendable, Equatable, Codable {
    case news(news: SegmentNews)
    case ended(outcome: SegmentOutcome)

    package init(json: Data) throws { self = try JSONDecoder().decode(Self.self, from: json) }

    /// Without a line break.
    package func json() throws -> Data { try CanonicalJSON.encode(self) }
}
