/// How a film of a number of frames is made from segments: a pure function of that number and of L, the frames of a
/// segment ("diffusion over diffusion", arXiv 2303.12346, section 3.3).
///
/// Depth 0 is one segment over the whole film; each deeper one puts L − 2 new frames between each two neighbouring
/// frames of the depth above, until the stride is 1. With m depths that makes (L − 1)^m + 1 frames. Nothing is stored:
/// segments are computed from their numbers.
package struct RenderPlan: Sendable, Equatable {
    /// Frames of the film.
    package let frames: Int
    /// L, the frames of a segment.
    package let segmentFrames: Int
    /// m, the number of depths: the least with (L − 1)^m + 1 ≥ frames.
    package let depths: Int

    /// Lengths that can be planned. 50 626 is what four depths of 16-frame segments hold: 15⁴ + 1.
    package static let frameRange = 2...50_626
    package static let segmentFrameRange = 3...32

    package init(frames: Int, segmentFrames: Int) throws(RenderPlanError) {
        guard Self.frameRange.contains(frames) else { throw .frames(frames) }
        guard Self.segmentFrameRange.contains(segmentFrames) else { throw .segmentFrames(segmentFrames) }
        self.frames = frames
        self.segmentFrames = segmentFrames
        var depths = 1
        var reach = segmentFrames - 1
        while reach + 1 < frames {
            depths += 1
            reach *= segmentFrames - 1
        }
        self.depths = depths
    }

    /// The plan in which all depths look alike: with as few frames a segment, within the range, as the number of depths allows that
    /// the longest segments need. So a film of 1024 frames gets strides of 121, 11 and 1 rather than 225, 15 and 1, of whose global
    /// segment two thirds would lie beyond its end.
    package init(frames: Int, segmentFrames: ClosedRange<Int>) throws(RenderPlanError) {
        let longest = try RenderPlan(frames: frames, segmentFrames: segmentFrames.upperBound)
        for length in segmentFrames where length < segmentFrames.upperBound {
            let plan = try RenderPlan(frames: frames, segmentFrames: length)
            if plan.depths == longest.depths {
                self = plan
                return
            }
        }
        self = longest
    }

    /// The frames of the longest film whose keyframes are no further apart than that.
    package static func longest(segmentFrames: Int, stride: Int) -> Int {
        let step = segmentFrames - 1
        var widest = 1
        while widest * step <= stride { widest *= step }
        return widest * step + 1
    }

    /// The depth whose segments go on to pixels.
    package var finestDepth: Int { depths - 1 }

    /// (L − 1)^(m − 1 − d)
    package func stride(atDepth depth: Int) -> Int {
        (depth..<finestDepth).reduce(1) { stride, _ in stride * (segmentFrames - 1) }
    }

    /// By depth.
    package var strides: [Int] { (0..<depths).map(stride(atDepth:)) }

    // MARK: Segments

    /// Segments of one depth. None lies wholly beyond the film's last frame.
    package func segmentCount(atDepth depth: Int) -> Int {
        let span = stride(atDepth: depth) * (segmentFrames - 1)
        return (frames - 1 + span - 1) / span
    }

    /// Segments of all depths.
    package var segmentCount: Int { (0..<depths).reduce(0) { $0 + segmentCount(atDepth: $1) } }

    /// Whether the plan has this segment.
    package func contains(_ id: SegmentID) -> Bool {
        (0..<depths).contains(id.depth) && (0..<segmentCount(atDepth: id.depth)).contains(id.index)
    }

    /// The segments of one depth in the order of time, each made when it is asked for.
    package func segments(atDepth depth: Int) -> some RandomAccessCollection<Segment> {
        (0..<segmentCount(atDepth: depth)).lazy.map { segment(SegmentID(depth: depth, index: $0)) }
    }

    /// All segments, by depth, then time.
    package var segmentIDs: some Sequence<SegmentID> {
        (0..<depths).lazy.flatMap { depth in
            (0..<segmentCount(atDepth: depth)).lazy.map { SegmentID(depth: depth, index: $0) }
        }
    }

    /// The segment with this number, which the plan must contain.
    package func segment(_ id: SegmentID) -> Segment {
        precondition(contains(id), "\(id) is no segment of a film of \(frames) frames; ask contains(_:) first")
        let stride = stride(atDepth: id.depth)
        let start = id.index * stride * (segmentFrames - 1)
        return Segment(
            id: id,
            stride: stride,
            frames: (0..<segmentFrames).map { start + $0 * stride },
            parents: parents(of: id),
            emitted: emitted(by: id, start: start))
    }

    /// The segment's first frame is frame number `index` of the depth above, its last the next one. Frames there are
    /// numbered through, L − 1 to a segment, so both are in the segment `index / (L − 1)`, and its latents, parents
    /// kept verbatim, hold them.
    private func parents(of id: SegmentID) -> Parents {
        guard let above = parent(of: id) else { return .none }
        let index = id.index % (segmentFrames - 1)
        return .pair(
            first: ParentFrame(segment: above, index: index), last: ParentFrame(segment: above, index: index + 1))
    }

    private func emitted(by id: SegmentID, start: Int) -> Range<Int> {
        guard id.depth == finestDepth else { return start..<start }
        let isLast = id.index == segmentCount(atDepth: id.depth) - 1
        return start..<(isLast ? frames : start + segmentFrames - 1)
    }

    // MARK: Order

    /// The segment that must be finished before this one; `nil` for the global one.
    package func parent(of id: SegmentID) -> SegmentID? {
        guard id.depth > 0 else { return nil }
        return SegmentID(depth: id.depth - 1, index: id.index / (segmentFrames - 1))
    }

    /// The segments that wait for this one and for no other, in the order of time.
    package func children(of id: SegmentID) -> [SegmentID] {
        guard id.depth < finestDepth else { return [] }
        let first = id.index * (segmentFrames - 1)
        let end = min(first + segmentFrames - 1, segmentCount(atDepth: id.depth + 1))
        return (first..<end).map { SegmentID(depth: id.depth + 1, index: $0) }
    }

    /// The segments that can be made now, by depth, then time: not done, and their parent is. At most `limit`.
    ///
    /// Segments being made count as not done, so ask for as many more as there are of those.
    package func ready(limit: Int, done: (SegmentID) -> Bool) -> [SegmentID] {
        var result: [SegmentID] = []
        guard limit > 0 else { return result }
        if !done(.global) { result.append(.global) }
        for depth in 0..<finestDepth {
            for index in 0..<segmentCount(atDepth: depth) where result.count < limit {
                let parent = SegmentID(depth: depth, index: index)
                guard done(parent) else { continue }
                for child in children(of: parent) where result.count < limit && !done(child) {
                    result.append(child)
                }
            }
        }
        return result
    }
}

/// Why a film cannot be planned.
package enum RenderPlanError: Error, Equatable, CustomStringConvertible {
    case frames(Int)
    case segmentFrames(Int)

    package var description: String {
        switch self {
        case .frames(let frames):
            "a film of \(frames) frames cannot be planned; it can have "
                + "\(RenderPlan.frameRange.lowerBound) to \(RenderPlan.frameRange.upperBound)"
        case .segmentFrames(let frames):
            "segments of \(frames) frames cannot be planned; they can have "
                + "\(RenderPlan.segmentFrameRange.lowerBound) to \(RenderPlan.segmentFrameRange.upperBound)"
        }
    }
}
