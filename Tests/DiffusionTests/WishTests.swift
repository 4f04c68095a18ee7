import Testing

@testable import Diffusion
@testable import Models

/// Of judges of the cartoon's kind.
private let judge = ModelConfiguration.Judge(
    names: ["Pim", "Lulu", "Bo"], heats: [0, 4, 8],
    traits: traits, channels: 12, draws: 3)
private let traits: [ModelConfiguration.Judge.Trait] = [
    ModelConfiguration.Judge.Trait(channels: [1, 2], words: [["walk", "walks"], ["sit", "sits"]], ways: [nil, 0]),
    ModelConfiguration.Judge.Trait(
        channels: [3], words: [["right"], ["left"]], only: ["walks"], ways: [1, -1], wayFrames: 12),
]

@Suite struct WishTests {
    @Test(
        "What is said of somebody comes after the name, or before all names",
        arguments: [
            ("Pim and Lulu sit in the meadow.", [[1, nil], [1, nil], [nil, nil]]),
            ("Pim sits and Lulu walks to the right.", [[1, nil], [0, 0], [nil, nil]]),
            ("Pim walks to the left, Bo sits; Lulu walks.", [[0, 1], [0, nil], [1, nil]]),
            ("All walk left: Pim and Bo", [[0, 1], [nil, nil], [0, 1]]),
            ("Pim and Bo are by the cave. They sit.", [[1, nil], [nil, nil], [1, nil]]),
            ("The rain sits on the trees. Pim walks to the right, Lulu sits.", [[0, 0], [1, nil], [nil, nil]]),
            ("Lulu walks right. The camera moves to the left. Lulu is back", [[nil, nil], [0, 0], [nil, nil]]),
        ] as [(String, [[Int?]])])
    func said(prompt: String, expected: [[Int?]]) {
        #expect(Wish(prompt, judge, wordsSeen: 30).said == expected)
    }

    @Test("Words and names that the model does not see are not asked for")
    func cut() {
        let wish = Wish("Pim sits and Lulu walks.", judge, wordsSeen: 3)
        #expect(wish.said == [[1, nil], [nil, nil], [nil, nil]])
        #expect(wish.isNamed == [true, false, false])
    }

    @Test("A side of which no walker is told is where somebody is, not where he looks")
    func side() {
        let wish = Wish("Pim sits on the left and Lulu walks on the right.", judge, wordsSeen: 30)
        #expect(wish.said[0] == [1, nil])
        #expect(wish.said[1] == [0, 0])
        #expect(wish.isNamed == [true, true, false])
    }
}

@Suite struct JudgementTests {
    private static let prompts = [
        "Pim sits.", "Pim sits.", "Lulu walks to the right.", "Lulu walks to the right.", "Night.",
    ]

    private static func judgements(_ seen: [[[Judgement.Figure]]], stride: Int = 15) -> [Judgement] {
        Judgement.of(
            prompts.map { Wish($0, judge, wordsSeen: 30) }, seen: seen, prompts: prompts, stride: stride, traits: traits
        )
    }

    private static func at(_ column: Int, _ alternatives: Int...) -> [Judgement.Figure] {
        [Judgement.Figure(column: column, alternatives: alternatives)]
    }

    @Test("Frames are right in which all is to be seen that is said, and people go between them as it says")
    func right() {
        let judgements = Self.judgements([
            [Self.at(4, 1, 0), [], []], [Self.at(5, 1, 1), [], []], [[], Self.at(3, 0, 0), []],
            [[], Self.at(4, 0, 0), []],
            [Self.at(1, 1, 1), Self.at(2, 1, 1), []],
        ])
        #expect(judgements.map(\.isRight) == [true, true, true, true, true])
        #expect(judgements.map(\.said) == [1, 2, 2, 3, 0])
    }

    @Test(
        "Somebody twice, a stranger, another action, a leap of one who sits and a walker who goes back are wrong, each in its frame"
    )
    func wrong() {
        let judgements = Self.judgements([
            [Self.at(4, 1, 0) + Self.at(9, 1, 0), [], []], [Self.at(7, 0, 0), [], []],
            [[], Self.at(3, 0, 0), Self.at(8, 0, 0)],
            [[], Self.at(2, 0, 1), []], [[], [], []],
        ])
        #expect(judgements.map(\.isCastRight) == [false, true, false, true, true])
        #expect(judgements.map(\.kept) == [1, 0, 2, 1, 0])
        #expect(judgements.map(\.said) == [1, 2, 2, 3, 0])
    }

    @Test("Keyframes that are near to each other may show a walker where he was, not back")
    func near() {
        func walk(to column: Int, stride: Int) -> Bool {
            Self.judgements(
                [
                    [Self.at(4, 1, 0), [], []], [Self.at(4, 1, 0), [], []], [[], Self.at(5, 0, 0), []],
                    [[], Self.at(column, 0, 0), []], [[], [], []],
                ],
                stride: stride)[3].isRight
        }
        #expect(walk(to: 6, stride: 15) && walk(to: 6, stride: 1))
        #expect(!walk(to: 5, stride: 12) && walk(to: 5, stride: 11))
        #expect(!walk(to: 4, stride: 1))
    }
}
