import Commissions
import Foundation
@testable import Models
import Plans
import Scripts
import TestSupport
import Testing

@Suite struct CommissionTests {
    /// 4 frames a segment, 15 words a prompt.
    private let model: ModelConfiguration

    init() throws {
        model = try ModelDocument.read(in: Fixtures.tinyModel).document.configuration
    }

    @Test("A script becomes a storyboard, a plan, a seed and a priority")
    func good() throws {
        let text = "seed 7\nfps 12\nframes 10\npriority 3\nmodel tiny\nf0 Pim walks.\nf5 Pim waves.\n"
        let commission = try Commission(text, name: "a.nuwa", model: model)
        #expect(commission.name == "a.nuwa" && commission.text == text)
        #expect(commission.storyboard.shots.map(\.start) == [0, 5])
        #expect(commission.storyboard.fps == 12)
        #expect(commission.plan.segmentFrames == 4 && commission.plan.segmentCount == 1 + 3)
        #expect(commission.seed == 7 && commission.priority == 3)
        #expect(commission.warnings.isEmpty)
    }

    @Test("Without a seed it is that of every script without one")
    func seed() throws {
        #expect(try Commission("frames 10\nf0 Pim.", name: "a", model: model).seed == Script.defaultSeed)
    }

    @Test("Warnings of the parser and of the model are told together, in the order of the lines")
    func warnings() throws {
        let warnings = try Commission("frames 10\nf1 Pim wlaks.\nf5 ピム", name: "a", model: model).warnings
        #expect(warnings.map(\.line) == [2, 2, 3])
        #expect(warnings.map(\.severity) == [.warning, .warning, .warning])
        #expect(warnings.first?.message.hasPrefix("no prompt starts at 0:00") == true)
    }

    @Test("A script for another model is refused where it names it")
    func otherModel() {
        let errors = #expect(throws: ScriptErrors.self) {
            try Commission("model other\nframes 10\nf0 Pim.", name: "a.nuwa", model: model)
        }
        #expect(
            errors?.description == """
                a.nuwa:1:7: error: this nuwad renders with the model "tiny", not "other"
                  model other
                        ^^^^^
                help: set model.name in nuwad.toml, or leave it out of the script
                1 error

                """)
    }

    @Test("That it is for another model is told beside all else that is wrong, in the order of the lines")
    func otherModelToo() {
        let errors = #expect(throws: ScriptErrors.self) {
            try Commission("lenght 3s\nmodel other\nframes 10\nf0 Pim.\nf10 Lulu.", name: "a.nuwa", model: model)
        }
        #expect(errors?.diagnostics.filter { $0.severity == .error }.map(\.line) == [1, 2, 5])
    }

    @Test("A film whose keyframes would be further apart than the model has seen is refused where it tells its length")
    func tooLong() throws {
        var model = model
        model.mtd.longestStride = 9
        #expect(try Commission("frames 28\nf0 Pim.", name: "a.nuwa", model: model).plan.strides == [9, 3, 1])
        let errors = #expect(throws: ScriptErrors.self) {
            try Commission("frames 29\nf0 Pim.", name: "a.nuwa", model: model)
        }
        #expect(
            errors?.description == """
                a.nuwa:1:8: error: a film of 29 frames begins with keyframes 27 frames apart; the model "tiny" has learnt from films whose \
                keyframes are at most 9 apart
                  frames 29
                         ^^
                help: the longest film that it makes has 28 frames
                1 error

                """)
    }

    @Test("A model that learnt from shorter segments too gets a plan that fits the film's length")
    func balanced() throws {
        var model = model
        model.mtd.segmentFrames = 16
        model.mtd.shortestSegment = 8
        func strides(_ frames: Int) throws -> [Int] {
            try Commission("frames \(frames)\nf0 Pim.", name: "a.nuwa", model: model).plan.strides
        }
        #expect(try strides(1024) == [121, 11, 1])
        #expect(try strides(300) == [49, 7, 1])
        #expect(try strides(226) == [15, 1] && strides(3376) == [225, 15, 1])
        #expect(try strides(5) == [1])
    }

    @Test("Limits hold for what comes in, and not for what was let in before")
    func limits() throws {
        let text = "frames 10\nf0 Pim walks.\nf5 Pim waves."
        #expect(throws: ScriptErrors.self) {
            try Commission(text, name: "a", limits: ScriptLimits(prompts: 1), model: model)
        }
        #expect(try Commission(text, name: "a", limits: .accepted, model: model).storyboard.shots.count == 2)
    }

    @Test("A length that no plan has is refused, even where the limits would let it through")
    func unplannable() {
        let errors = #expect(throws: ScriptErrors.self) {
            try Commission("frames 60000\nf0 Pim.", name: "a", limits: .accepted, model: model)
        }
        #expect(errors?.description.contains("a film of 60000 frames cannot be planned") == true)
    }
}
