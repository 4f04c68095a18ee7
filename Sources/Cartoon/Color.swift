/// Red, green and blue from 0 to 1.
struct Color: Equatable {
    var red: Double
    var green: Double
    var blue: Double

    /// From a number written as in CSS: `Color(0xff8800)`.
    init(_ hex: UInt32) {
        red = Double(hex >> 16 & 255) / 255
        green = Double(hex >> 8 & 255) / 255
        blue = Double(hex & 255) / 255
    }

    func mixed(with other: Color, _ amount: Double) -> Color {
        var result = self
        result.red += (other.red - red) * amount
        result.green += (other.green - green) * amount
        result.blue += (other.blue - blue) * amount
        return result
    }

    func times(_ other: Color) -> Color {
        var result = self
        result.red *= other.red
        result.green *= other.green
        result.blue *= other.blue
        return result
    }
}
