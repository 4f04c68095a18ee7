package import Jobs
package import Plans

/// A job's film as far as it has grown: its tree of segments, and what each stretch of it shows. The answer to
/// `GET /v1/jobs/ID/tree`; `docs/json.md` is the contract for its JSON.
package struct TreeReport: Codable, Sendable, Equatable {
    package struct Depth: Codable, Sendable, Equatable {
        /// Distance in film frames between neighbouring frames of a segment.
        package var stride: Int
        /// In the order of time.
        package var segments: [Segment]

        package init(stride: Int, segments: [Segment]) {
            self.stride = stride
            self.segments = segments
        }

        package func count(_ state: SegmentState.Name) -> Int { segments.count { $0.state == state } }
    }

    package struct Segment: Codable, Sendable, Equatable {
        /// `d1s004`
        package var id: String
        package var state: SegmentState.Name
        /// Film frame of its first frame.
        package var first: Int
        /// Who is at it: `worker 2` of nuwad's threads, or a cluster's node by its name.
        package var worker: String?
        /// How much of it is done, 0 to 1, while a worker is at it.
        package var fraction: Double?

        package init(id: String, state: SegmentState.Name, first: Int, worker: String? = nil, fraction: Double? = nil) {
            self.id = id
            self.state = state
            self.first = first
            self.worker = worker
            self.fraction = fraction
        }
    }

    /// A prompt, and the film frame at which it begins to hold.
    package struct Shot: Codable, Sendable, Equatable {
        package var frame: Int
        package var prompt: String

        package init(frame: Int, prompt: String) {
            self.frame = frame
            self.prompt = prompt
        }
    }

    /// Length of the film.
    package var frames: Int
    package var fps: Int
    /// Frames of one segment.
    package var segmentFrames: Int
    /// Coarsest first.
    package var depths: [Depth]
    /// In the order of time.
    package var shots: [Shot]
    /// Another one whenever other pictures belong to the same segments.
    package var edition: String

    package init(
        frames: Int, fps: Int, segmentFrames: Int, depths: [Depth], shots: [Shot], edition: String
    ) {
        self.frames = frames
        self.fps = fps
        self.segmentFrames = segmentFrames
        self.depths = depths
        self.shots = shots
        self.edition = edition
    }

    /// The finest depth of which every segment is done; nil where there is none yet.
    package var finestWhole: Int? {
        depths.lastIndex { !$0.segments.isEmpty && $0.count(.done) == $0.segments.count }
    }

    /// How many segments of the finest depth are done without a gap, from the film's beginning.
    package var stretch: Int { depths.last?.segments.prefix { $0.state == .done }.count ?? 0 }
}

/// A segment that somebody is at.
package struct SegmentAtWork: Sendable, Equatable {
    package let segment: SegmentID
    /// Who; nil where that is not told.
    package let worker: String?
    /// How much of it is done, 0 to 1.
    package let fraction: Double

    package init(segment: SegmentID, worker: String?, fraction: Double) {
        self.segment = segment
        self.worker = worker
        self.fraction = fraction
    }
}
