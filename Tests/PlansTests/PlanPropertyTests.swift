import Plans
import TestSupport
import Testing

/// What must hold for every film, checked over every L with lengths around each full depth, and random ones.
@Suite struct PlanPropertyTests {
    @Test("Every frame is made once, parents are one depth above, and chunks tile the film", arguments: 3...32)
    func everyFilm(segmentFrames: Int) throws {
        for frames in Self.lengths(segmentFrames) {
            let plan = try RenderPlan(frames: frames, segmentFrames: segmentFrames)
            let faults = Self.faults(of: plan)
            #expect(faults.isEmpty, "\(frames) frames, L = \(segmentFrames): \(faults.prefix(3))")
        }
    }

    /// Around (L − 1)^m + 1 for each m, both ends of the range, and some in between.
    ///
    /// All but a few are short, because long films differ from them only in the number of segments.
    private static func lengths(_ segmentFrames: Int) -> Set<Int> {
        var lengths: Set<Int> = [2, 3, 4]
        var reach = segmentFrames - 1
        while reach <= 50_626 {
            lengths.formUnion([reach, reach + 1, reach + 2])
            reach *= segmentFrames - 1
        }
        var random = SplitMix(state: UInt64(segmentFrames))
        for _ in 0..<6 { lengths.insert(Int.random(in: 2...3000, using: &random)) }
        lengths = lengths.filter { $0 <= (segmentFrames % 8 == 0 || segmentFrames == 3 ? 50_626 : 4500) }
        if segmentFrames % 8 == 0 { lengths.insert(50_626) }
        return lengths.filter { RenderPlan.frameRange.contains($0) }
    }

    /// Sentences about what is wrong. A list instead of an expectation per frame, which would take minutes.
    private static func faults(of plan: RenderPlan) -> [String] {
        var faults: [String] = []
        var timesMade = [Int](repeating: 0, count: plan.frames)
        var emittedUntil = 0
        var above: [Segment] = []
        for depth in 0..<plan.depths {
            let segments = Array(plan.segments(atDepth: depth))
            for segment in segments {
                let id = segment.id
                if segment.frames.count != plan.segmentFrames {
                    faults.append("\(id) has \(segment.frames.count) frames")
                }
                if segment.frames[0] >= plan.frames - 1 { faults.append("\(id) lies beyond the film") }
                for index in segment.made where segment.frames[index] < plan.frames {
                    timesMade[segment.frames[index]] += 1
                }
                faults += parentFaults(segment, above: above)
                if segment.parents.segment != plan.parent(of: id) { faults.append("\(id) has another parent") }
                if depth == plan.finestDepth {
                    if segment.emitted.lowerBound != emittedUntil { faults.append("a gap before \(id)") }
                    if segment.emitted.isEmpty { faults.append("\(id) emits nothing") }
                    if !segment.frames.contains(segment.emitted.upperBound - 1) { faults.append("\(id) lacks a frame") }
                    emittedUntil = segment.emitted.upperBound
                } else if !segment.emitted.isEmpty {
                    faults.append("\(id) emits above the finest depth")
                }
            }
            above = segments
        }
        if emittedUntil != plan.frames { faults.append("the film ends at \(emittedUntil)") }
        if let frame = timesMade.firstIndex(where: { $0 != 1 }) {
            faults.append("frame \(frame) is made \(timesMade[frame]) times")
        }
        return faults
    }

    private static func parentFaults(_ segment: Segment, above: [Segment]) -> [String] {
        guard case .pair(let first, let last) = segment.parents else {
            return segment.id == .global ? [] : ["\(segment.id) has no parents"]
        }
        let ends = [(first, segment.frames[0]), (last, segment.frames[segment.frames.count - 1])]
        return ends.compactMap { parent, frame in
            guard parent.segment.depth == segment.id.depth - 1 else { return "\(segment.id) skips a depth" }
            guard above.indices.contains(parent.segment.index) else {
                return "\(segment.id) has a parent that is not made"
            }
            let frames = above[parent.segment.index].frames
            guard frames.indices.contains(parent.index) else { return "\(segment.id) has a parent frame out of range" }
            return frames[parent.index] == frame ? nil : "\(segment.id) takes \(frames[parent.index]) for \(frame)"
        }
    }
}
