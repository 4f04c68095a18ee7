import Cartoon
package import Pictures

/// What was made of a held-out script, frame by frame: what should be there, what the recogniser sees in the film, and what it sees in
/// the cartoon's own pictures, which is the most that the film can come to.
package struct FilmReading: Sendable {
    /// Pictures as the recogniser reads them.
    package struct Side: Sendable, Codable {
        package internal(set) var sightings: [Sighting] = []
        /// By frame, how much a value of a pixel differs from the frame before, on average, of 255; nil in the first.
        var changes: [Double?] = []
        /// By frame, what the recogniser tells all that from.
        package internal(set) var features: [[Float]] = []
    }

    let truth: [Sighting]
    /// By frame, the first frame of the stretch that has one content.
    let stretch: [Int]
    let made: Side
    let real: Side
    /// Frames that begin another segment than the frame before them.
    let joins: Set<Int>

    var frames: Int { truth.count }

    /// - Parameters:
    ///   - shown: which of the film's frames there are; all of them, or its keyframes.
    ///   - joins: frames that begin another segment than the frame before them.
    ///   - next: the frames shown, one after another, of 160x96.
    package init(
        _ script: HeldOutScript, shown: some Collection<Int>, joins: Set<Int>, _ recogniser: Recogniser,
        next: () throws -> Image?
    ) throws {
        self.init(
            script, shown: shown, joins: joins,
            made: try Self.read(recogniser, script, frames: shown) { _ in try next() },
            real: try Self.real(script, shown: shown, recogniser))
    }

    /// Of pictures that were read already.
    package init(
        _ script: HeldOutScript, shown: some Collection<Int>, joins: Set<Int>, made: Side, real: Side
    ) {
        self.init(
            truth: shown.map { Sighting(script.episode.truth(at: $0)) },
            stretch: shown.map { script.episode.stretch(at: $0).lowerBound }, made: made, real: real, joins: joins)
    }

    /// The cartoon's own pictures, read.
    package static func real(
        _ script: HeldOutScript, shown: some Collection<Int>, _ recogniser: Recogniser
    ) throws -> Side {
        try read(recogniser, script, frames: shown) {
            try script.episode.image(at: $0, width: Recogniser.width, height: Recogniser.height)
        }
    }

    init(truth: [Sighting], stretch: [Int], made: Side, real: Side, joins: Set<Int>) {
        (self.truth, self.stretch, self.made, self.real, self.joins) = (truth, stretch, made, real, joins)
    }

    struct TooShort: Error, CustomStringConvertible {
        let script: String
        let frames, wanted: Int

        var description: String { "\(script): its film has \(frames) frames, not \(wanted)" }
    }

    /// Throws ``TooShort``, and what `picture` throws.
    /// - Parameters:
    ///   - script: whose film it is
    ///   - picture: the picture of a frame, of 160x96; nil where there is none any more
    package static func read(
        _ recogniser: Recogniser, _ script: HeldOutScript, frames: some Collection<Int>,
        _ picture: (Int) throws -> Image?
    ) throws -> Side {
        var side = Side()
        var (waiting, last): ([Image], Image?) = ([], nil)
        for frame in frames {
            guard let image = try picture(frame) else {
                throw TooShort(script: script.name, frames: side.changes.count, wanted: frames.count)
            }
            side.changes.append(last.map { image.change(from: $0) })
            last = image
            waiting.append(image)
            if waiting.count == 64 {
                side.add(recogniser.read(waiting))
                waiting = []
            }
        }
        side.add(recogniser.read(waiting))
        return side
    }
}

extension FilmReading.Side {
    fileprivate mutating func add(_ read: [(sighting: Sighting, features: [Float])]) {
        sightings += read.map(\.sighting)
        features += read.map(\.features)
    }
}

extension Image {
    /// How much a value differs from that of another picture of the same size, on average.
    func change(from other: Image) -> Double {
        let sum = zip(pixels, other.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        return Double(sum) / Double(pixels.count)
    }
}
