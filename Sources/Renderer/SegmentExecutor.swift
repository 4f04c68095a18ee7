package import Foundation

/// Who makes segments: threads of this process, or processes here or on other machines that share the workspace.
///
/// The renderer hands a task out only while a slot is free, and is told of its end; nobody waits in between. Films are
/// not an executor's work: they are put together where the renderer is.
package protocol SegmentExecutor: Sendable {
    /// What computes. It goes into the fingerprints of all that is made.
    var network: NetworkIdentity { get }
    /// How many segments are made at a time.
    var slots: Int { get }
    /// Begins a segment and returns at once.
    func begin(_ assignment: Assignment)
}

/// A task that was handed out, with the way back to the renderer. All of it may be called from any thread.
package struct Assignment: Sendable {
    package let task: SegmentTask
    /// False: nobody wants it any more, give it back. To be asked between two steps.
    package let isWanted: @Sendable () -> Bool
    /// What happens on the way; each is a sign of life.
    package let report: @Sendable (SegmentNews) -> Void
    /// How it ended; to be called once, and last.
    package let end: @Sendable (SegmentOutcome) -> Void

    package init(
        task: SegmentTask, isWanted: @escaping @Sendable () -> Bool,
        report: @escaping @Sendable (SegmentNews) -> Void, end: @escaping @Sendable (SegmentOutcome) -> Void
    ) {
        self.task = task
        self.isWanted = isWanted
        self.report = report
        self.end = end
    }
}

/// What happens while a segment is made.
package enum SegmentNews: Sendable, Equatable, Codable {
    /// Nothing was there: it is being made.
    case started
    /// `step` counts from 1.
    case stepped(step: Int, of: Int, seconds: Double)
    /// Pixels and H.264 of the segment's chunk.
    case decoded(seconds: Double)
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

/// What a process that makes a segment says on its standard output: a line of JSON each, the end last.
package enum SegmentLine: Sendable, Equatable, Codable {
    case news(news: SegmentNews)
    case ended(outcome: SegmentOutcome)

    package init(json: Data) throws { self = try JSONDecoder().decode(Self.self, from: json) }

    /// Without a line break.
    package func json() throws -> Data { try CanonicalJSON.encode(self) }
}
