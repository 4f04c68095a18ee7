@testable import Plans
import Testing

@Suite struct PlanTests {
    private func counts(_ frames: Int, _ segmentFrames: Int = 16) throws -> [Int] {
        let plan = try RenderPlan(frames: frames, segmentFrames: segmentFrames)
        return (0..<plan.depths).map { plan.segmentCount(atDepth: $0) }
    }

    @Test("Segments per depth are those of the paper and of the design")
    func knownFilms() throws {
        #expect(try counts(2) == [1])
        #expect(try counts(16) == [1])
        #expect(try counts(17) == [1, 2])
        #expect(try counts(226) == [1, 15])
        #expect(try counts(1024) == [1, 5, 69])
        #expect(try counts(3376) == [1, 15, 225])
        #expect(try counts(3377) == [1, 2, 16, 226])
        #expect(try counts(50_626) == [1, 15, 225, 3375])
        #expect(try counts(50_626, 3).count == 16)
        #expect(try RenderPlan(frames: 1024, segmentFrames: 16).segmentCount == 75)
    }

    @Test("Strides of 3376 frames are 225, 15 and 1")
    func strides() throws {
        let plan = try RenderPlan(frames: 3376, segmentFrames: 16)
        #expect((0..<3).map { plan.stride(atDepth: $0) } == [225, 15, 1])
        #expect(plan.segment(.global).frames == Array(stride(from: 0, through: 3375, by: 225)))
        #expect(plan.segment(.global).made == 0..<16)
    }

    @Test("A local segment takes its ends from two neighbouring frames of one segment above")
    func oneSegment() throws {
        let plan = try RenderPlan(frames: 1024, segmentFrames: 16)
        let segment = plan.segment(SegmentID(depth: 2, index: 68))
        #expect(segment.stride == 1)
        #expect(segment.frames == Array(1020...1035))
        let above = SegmentID(depth: 1, index: 4)
        #expect(
            segment.parents
                == .pair(first: ParentFrame(segment: above, index: 8), last: ParentFrame(segment: above, index: 9)))
        #expect(segment.emitted == 1020..<1024)
        #expect(segment.made == 1..<15)
        #expect(plan.segment(SegmentID(depth: 2, index: 67)).emitted == 1005..<1020)
        #expect(plan.segment(above).emitted.isEmpty)
    }

    @Test("Lengths that cannot be planned are refused with the range that can")
    func refused() {
        #expect(throws: RenderPlanError.frames(1)) { try RenderPlan(frames: 1, segmentFrames: 16) }
        #expect(throws: RenderPlanError.frames(50_627)) { try RenderPlan(frames: 50_627, segmentFrames: 16) }
        #expect(throws: RenderPlanError.segmentFrames(2)) { try RenderPlan(frames: 9, segmentFrames: 2) }
        #expect(throws: RenderPlanError.segmentFrames(33)) { try RenderPlan(frames: 9, segmentFrames: 33) }
        #expect("\(RenderPlanError.frames(1))" == "a film of 1 frames cannot be planned; it can have 2 to 50626")
        #expect(
            "\(RenderPlanError.segmentFrames(2))" == "segments of 2 frames cannot be planned; they can have 3 to 32")
    }

    @Test("A segment's name is short, and segments sort by depth and time")
    func names() throws {
        #expect("\(SegmentID(depth: 1, index: 4))" == "d1s004")
        #expect("\(SegmentID(depth: 3, index: 3374))" == "d3s3374")
        #expect(SegmentID(depth: 0, index: 9) < SegmentID(depth: 1, index: 0))
        #expect(SegmentID(depth: 1, index: 0) < SegmentID(depth: 1, index: 1))
    }

    @Test("A plan contains its own segments and no others")
    func contains() throws {
        let plan = try RenderPlan(frames: 226, segmentFrames: 16)
        #expect(plan.segmentIDs.allSatisfy { plan.contains($0) })
        #expect(Array(plan.segmentIDs).count == 16)
        for (depth, index) in [(-1, 0), (0, -1), (0, 1), (1, 15), (2, 0)] {
            #expect(!plan.contains(SegmentID(depth: depth, index: index)))
        }
    }

    @Test("With a range of lengths the shortest segments are taken that need no further depth")
    func balanced() throws {
        for frames in 2...2000 {
            let plan = try RenderPlan(frames: frames, segmentFrames: 5...16)
            let longest = try RenderPlan(frames: frames, segmentFrames: 16)
            #expect(plan.depths == longest.depths && (5...16).contains(plan.segmentFrames))
            if plan.segmentFrames > 5 {
                #expect(try RenderPlan(frames: frames, segmentFrames: plan.segmentFrames - 1).depths > plan.depths)
            }
        }
    }
}
