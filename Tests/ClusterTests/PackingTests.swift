@testable import Cluster
import Diffusion
import Encoding
import Foundation
import Models
import Plans
import Rendering
import Scripts
import Synchronization
import TestSupport
import Testing

/// Keeps the branches that it is given.
private final class Collector: SegmentExecutor {
    let network: NetworkIdentity
    let slots = 1
    let branches = Mutex<[Branch]>([])

    init(_ network: NetworkIdentity) { self.network = network }

    func begin(_ assignment: Assignment) { branches.withLock { $0.append(assignment.branch) } }
}

private struct Silent: RenderObserver {}

/// The whole tree of a film, as a renderer hands it out: 28 frames are 1 + 3 + 9 segments.
private func tree(in directory: TemporaryDirectory) throws -> Branch {
    let model = try Model.load(directory: Fixtures.tinyModel, precision: .f32)
    let collector = Collector(try NetworkIdentity(model: model))
    let renderer = Renderer(
        configuration: model.configuration, executor: collector, workspace: try Workspace(directory.file("workspace")),
        encoding: .standard, version: "test", observer: Silent())
    let text = "frames 28\nfps 12\nf0 Pim walks.\nf14 Night falls."
    let storyboard = try Script.parse(text, name: "walk.nuwa").script.storyboard()
    try renderer.submit(
        RenderJob(
            id: 1, name: "walk.nuwa", script: text, storyboard: storyboard,
            plan: try RenderPlan(frames: 28, segmentFrames: 4), seed: 1, output: directory.file("film.mp4")))
    let first = collector.branches.withLock { $0.first }
    return try #require(first)
}

@Suite struct PackingTests {
    private let directory: TemporaryDirectory
    private let film: Branch

    init() throws {
        directory = try TemporaryDirectory()
        film = try tree(in: directory)
    }

    private func segments(_ load: Load) -> [String] { load.tasks.map { "\($0.segment)" } }

    @Test("A tree that fits into the target is one load, parents before their children")
    func whole() throws {
        let loads = Packing.loads([film], target: 13) { _ in 1 }
        #expect(loads.count == 1)
        #expect(loads[0].after == nil)
        #expect(loads[0].tasks.count == 13)
        for (place, task) in loads[0].tasks.enumerated() where task.segment.depth > 0 {
            let parent = SegmentID(depth: task.segment.depth - 1, index: task.segment.index / 3)
            #expect(loads[0].tasks[..<place].contains { $0.segment == parent })
        }
    }

    @Test("One that does not is cut below its top: the rest waits for that")
    func cut() {
        let loads = Packing.loads([film], target: 8) { _ in 1 }
        #expect(
            loads.map(segments) == [
                ["d0s000"], ["d1s000", "d2s000", "d2s001", "d2s002", "d1s001", "d2s003", "d2s004", "d2s005"],
                ["d1s002", "d2s006", "d2s007", "d2s008"],
            ])
        #expect(loads.map(\.after) == [nil, 0, 0])
    }

    @Test("Where a segment alone is more than the target, each is a load, after its parent's")
    func single() {
        let loads = Packing.loads([film], target: 0.5) { _ in 1 }
        #expect(loads.count == 13)
        for load in loads {
            let segment = load.tasks[0].segment
            #expect(
                load.after.map { loads[$0].tasks[0].segment.depth } == (segment.depth == 0 ? nil : segment.depth - 1))
        }
    }

    @Test("Each segment is in one load, whatever the target", arguments: [0.5, 1, 2.5, 4, 7, 13, 100])
    func complete(target: Double) {
        let loads = Packing.loads([film], target: target) { _ in 1 }
        let all = loads.flatMap(segments)
        #expect(all.count == 13)
        #expect(Set(all).count == 13)
    }
}
