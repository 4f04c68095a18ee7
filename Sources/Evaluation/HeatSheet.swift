import Cartoon
package import Pictures

extension Recogniser {
    /// The picture in grey, with the heat maps over it, each character's in a colour of its own, and what was recognised as its label.
    package func look(at picture: Image) -> (image: Image, label: String) {
        let colours: [[Float]] = [[255, 60, 40], [255, 220, 0], [40, 220, 60], [60, 120, 255]]
        let heat = heat(picture)
        var image = picture
        for y in 0..<Self.height {
            for x in 0..<Self.width {
                let at = (y * Self.width + x) * 3
                let cell = y / 8 * Self.columns + x / 8
                let grey = picture.pixels[at..<at + 3].reduce(Float(0)) { $0 + Float($1) } / 3
                for channel in 0..<3 {
                    var value = grey
                    for (map, colour) in zip(heat, colours) { value += map[cell] * (colour[channel] - value) * 0.7 }
                    image.pixels[at + channel] = UInt8(min(255, max(0, value)))
                }
            }
        }
        let sighting = recognise([picture])[0]
        let figures = sighting.figures.map { figure in
            "\(figure.name.rawValue) \(figure.action.rawValue) \(figure.facing == .left ? "<" : ">")"
        }
        return (image, "\(sighting.place) \(sighting.time) \(sighting.weather): " + figures.joined(separator: ", "))
    }
}
