import Cartoon
import Corpora
import Testing

@Suite struct CartoonCorpusTests {
    private let corpus = CartoonCorpus(split: .training, width: 40, height: 24)

    @Test("The same number gives the same clip, another number another one")
    func deterministic() throws {
        let kind = ClipKind(frames: 4, strides: 4...30)
        let first = try corpus.clip(7, of: kind)
        let again = try corpus.clip(7, of: kind)
        #expect(first.frames == again.frames && first.pictures == again.pictures && first.runs == again.runs)
        let other = try corpus.clip(8, of: kind)
        #expect(first.pictures != other.pictures)
    }

    @Test("A clip tells who is where in each of its frames")
    func figures() throws {
        let clip = try corpus.clip(7, of: ClipKind(frames: 4, strides: 4...30))
        let figures = try #require(clip.figures)
        #expect(figures.count == 4 && figures.allSatisfy { (1...3).contains($0.count) })
        for (frame, run) in zip(figures, clip.run) {
            // Whoever is named is there.
            for name in ["Pim", "Lulu", "Rok", "Bo"] where clip.runs[run].wordings[0].contains(name) {
                #expect(frame.contains { $0.name.rawValue == name })
            }
        }
    }

    @Test(
        "A clip's frames ascend by its stride, exactly below 60 and nearly from there on",
        arguments: [1...3, 4...30, 60...225, 226...3375])
    func strides(range: ClosedRange<Int>) throws {
        for number in 0..<20 as Range<UInt64> {
            let clip = try corpus.clip(number, of: ClipKind(frames: 8, strides: range))
            #expect(range.contains(clip.stride))
            for (one, next) in zip(clip.frames, clip.frames.dropFirst()) {
                if clip.stride < ClipKind.wide {
                    #expect(next - one == clip.stride)
                } else {
                    #expect((0.39...1.61).contains(Double(next - one) / Double(clip.stride)))
                }
            }
        }
    }

    @Test("A clip's pictures and wordings are the episode's at its frames")
    func faithful() throws {
        let clip = try corpus.clip(3, of: ClipKind(frames: 8, strides: 60...225))
        let episode = Episode(seed: Split.training.seed(3))
        for (place, frame) in clip.frames.enumerated() {
            #expect(try episode.image(at: frame, width: 40, height: 24) == clip.pictures[place])
            let run = clip.runs[clip.run[place]]
            #expect((run.start..<run.end).contains(frame))
            #expect(run.wordings == (0..<8).map { episode.caption(at: frame, wording: $0) })
        }
    }
}
