/// One clip of L frames at one depth: the unit of diffusion, of scheduling and of checkpoints.
package struct Segment: Sendable, Equatable, Identifiable {
    package let id: SegmentID
    /// Distance in film frames between neighbouring frames of the segment.
    package let stride: Int
    /// The L film frames, ascending. The last segments of a depth may overhang the film; what is beyond is cut.
    package let frames: [Int]
    package let parents: Parents
    /// The film frames that this segment puts into the film: empty above the finest depth.
    ///
    /// Neighbours share no frame, although they share a latent: each leaves its last frame to the next, and the last
    /// segment keeps the film's last frame.
    package let emitted: Range<Int>
}

/// Where the two ends of a segment come from.
package enum Parents: Sendable, Equatable {
    /// The global segment makes all of its frames.
    case none
    /// A local segment takes its first and last frame from the depth above: two neighbouring frames of one segment.
    case pair(first: ParentFrame, last: ParentFrame)
}

/// One frame of a segment one depth above.
package struct ParentFrame: Sendable, Equatable {
    package let segment: SegmentID
    /// 0..<L, an index into that segment's frames and latents.
    package let index: Int
}
