package import Cartoon
package import Pictures
import Diffusion
import Tensors

/// What is to be seen in a picture: as the recogniser tells it, or as the cartoon knows it.
package struct Sighting: Sendable, Equatable, Codable {
    package struct Figure: Sendable, Equatable, Codable {
        package let name: CartoonCharacter
        /// Of the point between the feet, as fractions of the picture's width and height, from the top left.
        package let x, y: Double
        package let action: Action
        package let facing: Direction
    }

    package let place: Place
    package let time: DayTime
    package let weather: Weather
    package let figures: [Figure]

    package init(_ truth: Truth) {
        (place, time, weather) = (truth.place, truth.time, truth.weather)
        figures = truth.characters.map {
            Figure(name: $0.name, x: $0.x, y: $0.y, action: $0.action, facing: $0.facing)
        }
    }

    init(place: Place, time: DayTime, weather: Weather, figures: [Figure]) {
        (self.place, self.time, self.weather, self.figures) = (place, time, weather, figures)
    }

    /// The names of all figures, one that is there twice twice, sorted.
    package var cast: [String] { figures.map(\.name.rawValue).sorted() }
}

extension Recogniser {
    /// What each picture of 160x96 shows.
    func recognise(_ pictures: [Image]) -> [Sighting] { read(pictures).map(\.sighting) }

    /// What each picture of 160x96 shows, and its features: the means over the picture of what that is told from.
    package func read(_ pictures: [Image]) -> [(sighting: Sighting, features: [Float])] {
        // A few at a time: the maps of all pictures of a film would take more memory than they are worth.
        stride(from: 0, to: pictures.count, by: 16).flatMap { start in
            let some = pictures[start..<min(start + 16, pictures.count)]
            let (maps, features) = mapsAndFeatures(Self.pixels(some))
            let (values, seen) = (maps.values(), features.values())
            func of(_ picture: Int, _ values: [Float]) -> ArraySlice<Float> {
                let count = values.count / some.count
                return values[picture * count..<(picture + 1) * count]
            }
            return (0..<some.count).map { (Self.sighting(of($0, values)), Self.means(of($0, seen))) }
        }
    }

    /// - Parameter features: of one picture, [12, 20, width].
    private static func means(_ features: ArraySlice<Float>) -> [Float] {
        var sums = [Float](repeating: 0, count: featureWidth)
        for (i, value) in features.enumerated() { sums[i % featureWidth] += value }
        return sums.map { $0 / Float(rows * columns) }
    }

    /// [N, 96, 160, 3] in -1...1
    static func pixels(_ pictures: some Collection<Image>) -> Tensor {
        precondition(
            pictures.allSatisfy { $0.width == width && $0.height == height },
            "the recogniser reads pictures of \(width)x\(height)")
        return Tensor(pixelsOf: pictures)
    }

    /// A picture's heat maps, by character and then row by row: 0 to 1.
    package func heat(_ picture: Image) -> [[Float]] {
        let values = maps(Self.pixels([picture])).values()
        return CartoonCharacter.allCases.indices.map { character in
            (0..<Self.rows * Self.columns).map { Self.heat(values[...], character, cell: $0) }
        }
    }

    private static func heat(_ maps: ArraySlice<Float>, _ character: Int, cell: Int) -> Float {
        Heat.of(logit: maps[maps.startIndex + cell * Channel.count + Channel.heat(character)])
    }

    /// - Parameter maps: of one picture, [12, 20, channels].
    private static func sighting(_ maps: ArraySlice<Float>) -> Sighting {
        func value(_ cell: Int, _ channel: Int) -> Float { maps[maps.startIndex + cell * Channel.count + channel] }
        let means = (Channel.places..<Channel.count).map { channel in
            (0..<rows * columns).reduce(Float(0)) { $0 + value($1, channel) }
        }
        func choice<Case>(_ cases: [Case], from channel: Int) -> Case {
            cases[largest(means[channel - Channel.places..<channel - Channel.places + cases.count])]
        }
        var figures: [Sighting.Figure] = []
        for (number, name) in CartoonCharacter.allCases.enumerated() {
            let heats = (0..<rows * columns).map { heat(maps, number, cell: $0) }
            for cell in Heat.peaks(heats, columns: columns) {
                let offset = Channel.offset(number)
                let x = (Double(cell % columns) + 0.5 + Double(value(cell, offset))) / Double(columns)
                let y = (Double(cell / columns) + 0.5 + Double(value(cell, offset + 1))) / Double(rows)
                let actions = Channel.actions(number).map { value(cell, $0) }
                figures.append(
                    Sighting.Figure(
                        name: name, x: x, y: y, action: Action.allCases[largest(actions[...])],
                        facing: value(cell, Channel.facing(number)) > 0 ? .right : .left))
            }
        }
        return Sighting(
            place: choice(Place.allCases, from: Channel.places), time: choice(DayTime.allCases, from: Channel.times),
            weather: choice(Weather.allCases, from: Channel.weathers), figures: figures)
    }

    /// The place of the largest value, counted from the first.
    private static func largest(_ values: ArraySlice<Float>) -> Int {
        values.indices.max { values[$0] < values[$1] }! - values.startIndex
    }
}
