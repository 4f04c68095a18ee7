import Pictures
import Testing

@testable import Cartoon

@Suite struct DrawingTests {
    @Test("A standing character's colour is where the truth says")
    func truthfulPositions() throws {
        // The colour in the middle of each body, at noon without weather, and how many stage units it lies above the feet.
        let bodies: [CartoonCharacter: (color: [UInt8], above: Double)] = [
            .pim: ([226, 59, 54], 14), .lulu: ([255, 208, 46], 13), .rok: ([79, 190, 86], 20),
            .bo: ([255, 106, 74], 15),
        ]
        var seen: Set<CartoonCharacter> = []
        for seed in 0..<60 as Range<UInt64> {
            let episode = Episode(seed: seed)
            for index in 0..<episode.setupCount {
                let frame = episode.frames(ofSetup: index).lowerBound + 20
                let truth = episode.truth(at: frame)
                guard truth.time == .noon, truth.weather == .clear, let figure = truth.characters.last,
                    figure.action == .stand, let body = bodies[figure.name]
                else { continue }
                let image = try episode.image(at: frame, width: 320, height: 192)
                let x = Int((figure.x * 320).rounded())
                let y = Int((figure.y * 192 - body.above * 2).rounded())
                #expect(pixel(image, x, y) == body.color, "\(figure.name) in frame \(frame) of seed \(seed)")
                seen.insert(figure.name)
            }
        }
        #expect(seen == Set(CartoonCharacter.allCases))
    }

    @Test("A revisited place looks the same: equal backdrops wherever only the cast and the clouds differ")
    func revisited() throws {
        let corners = try Place.allCases.map { place in
            var floors: Set<[UInt8]> = []
            for seed in 0..<25 as Range<UInt64> {
                for setup in Episode(seed: seed).setups
                where setup.place == place && setup.time == .noon && setup.weather == .clear
                    && setup.camera.from == setup.camera.to
                {
                    let image = try Episode(seed: seed).image(at: setup.start, width: 160, height: 96)
                    floors.insert([UInt8](image.pixels[(95 * 160) * 3..<(95 * 160 + 12) * 3]))
                }
            }
            return floors
        }
        #expect(corners.allSatisfy { $0.count == 1 })
        #expect(Set(corners.compactMap(\.first)).count == Place.allCases.count)
    }

    @Test("Any size is drawn, also those of another ratio", arguments: [(160, 96), (96, 160), (31, 17), (640, 384)])
    func sizes(width: Int, height: Int) throws {
        let image = try Episode(seed: 4).image(at: 100, width: width, height: height)
        #expect(image.width == width && image.height == height)
        #expect(Set(image.pixels).count > 20)
    }

    @Test("Neighbouring frames of a setup differ little, so motion is smooth")
    func smoothness() throws {
        let episode = Episode(seed: 9, frames: 480)
        for index in 0..<episode.setupCount {
            var before: Image?
            // Rain falls by more than its own length from frame to frame, and a camera moves everything.
            let setup = episode.setups[index]
            let limit = setup.weather == .clear && setup.camera.from == setup.camera.to ? 7.0 : 8.0
            for frame in episode.frames(ofSetup: index) where frame % 2 == 0 || before != nil {
                let image = try episode.image(at: frame, width: 160, height: 96)
                if let before { #expect(meanDifference(before, image) < limit, "frame \(frame)") }
                before = image
            }
        }
    }

    private func pixel(_ image: Image, _ x: Int, _ y: Int) -> [UInt8] {
        let at = (y * image.width + x) * 3
        return [UInt8](image.pixels[at..<at + 3])
    }

    private func meanDifference(_ a: Image, _ b: Image) -> Double {
        let sum = zip(a.pixels, b.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        return Double(sum) / Double(a.pixels.count)
    }
}
