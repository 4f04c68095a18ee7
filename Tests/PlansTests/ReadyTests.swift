import Plans
import TestSupport
import Testing

@Suite struct ReadyTests {
    @Test("Only the global segment is ready at first, then those it leads to, in the order of time")
    func order() throws {
        let plan = try RenderPlan(frames: 226, segmentFrames: 16)
        #expect(plan.ready { _ in false } == [.global])
        let all = (0..<15).map { SegmentID(depth: 1, index: $0) }
        #expect(plan.ready { $0 == .global } == all)
        #expect(plan.ready(limit: 3) { $0 == .global } == Array(all.prefix(3)))
        #expect(plan.ready(limit: 0) { _ in false }.isEmpty)
        #expect(plan.ready { $0.depth == 0 || $0.index % 2 == 0 }.map(\.index) == [1, 3, 5, 7, 9, 11, 13])
        #expect(plan.ready { _ in true }.isEmpty)
    }

    @Test("Coarse segments go before fine ones that became ready earlier")
    func coarseFirst() throws {
        let plan = try RenderPlan(frames: 1024, segmentFrames: 16)
        let done: Set<SegmentID> = [.global, SegmentID(depth: 1, index: 0)]
        let ready = plan.ready(limit: 6) { done.contains($0) }
        #expect(ready.map(\.description) == ["d1s001", "d1s002", "d1s003", "d1s004", "d2s000", "d2s001"])
    }

    @Test("A lost parent is made again; its children that are done are not")
    func lostParent() throws {
        let plan = try RenderPlan(frames: 1024, segmentFrames: 16)
        let lost = SegmentID(depth: 1, index: 2)
        #expect(plan.ready { $0 != lost } == [lost])
    }

    @Test("Children are exactly the segments whose parent one is")
    func children() throws {
        for (frames, segmentFrames) in [(2, 3), (1024, 16), (3377, 16), (1000, 3), (5000, 7)] {
            let plan = try RenderPlan(frames: frames, segmentFrames: segmentFrames)
            for parent in plan.segmentIDs {
                for child in plan.children(of: parent) { #expect(plan.parent(of: child) == parent) }
            }
            let listed = plan.segmentIDs.reduce(1) { $0 + plan.children(of: $1).count }
            #expect(listed == plan.segmentCount)
        }
    }

    @Test("Whatever is taken of the ready ones, all is done after as many turns as there are segments")
    func completes() throws {
        var random = SplitMix(state: 5)
        for (frames, segmentFrames) in [(3376, 16), (777, 5), (130, 3), (16, 16)] {
            let plan = try RenderPlan(frames: frames, segmentFrames: segmentFrames)
            var done: Set<SegmentID> = []
            while done.count < plan.segmentCount {
                let ready = plan.ready(limit: 8) { done.contains($0) }
                guard let next = ready.randomElement(using: &random) else { break }
                if let parent = plan.parent(of: next) { #expect(done.contains(parent)) }
                #expect(ready == ready.sorted())
                done.insert(next)
            }
            #expect(done == Set(plan.segmentIDs))
        }
    }
}

extension RenderPlan {
    /// All of them.
    fileprivate func ready(done: (SegmentID) -> Bool) -> [SegmentID] { ready(limit: .max, done: done) }
}
