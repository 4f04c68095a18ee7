/// Pictures as sixel, which terminals since DEC's VT240 draw: bands of six rows, a colour at a time.
package enum Sixel {
    /// Shades of each of red, green and blue.
    private static let shades = 6

    /// The picture, pixel by pixel, as what a terminal is sent; colours are brought down to 216 by dithering.
    package static func encode(_ image: Image) -> String {
        var out = "\u{1B}P0;1q\"1;1;\(image.width);\(image.height)"
        for colour in 0..<shades * shades * shades {
            let parts = [colour / (shades * shades), colour / shades % shades, colour % shades]
            out += "#\(colour);2;" + parts.map { "\($0 * 100 / (shades - 1))" }.joined(separator: ";")
        }
        let colours = dithered(image)
        for top in stride(from: 0, to: image.height, by: 6) {
            out += band(colours, width: image.width, rows: top..<min(top + 6, image.height)) + "-"
        }
        return out + "\u{1B}\\"
    }

    private static func band(_ colours: [Int], width: Int, rows: Range<Int>) -> String {
        var used: [Int: [UInt8]] = [:]
        for row in rows {
            for column in 0..<width {
                used[colours[row * width + column], default: [UInt8](repeating: 0, count: width)][column] |=
                    1 << (row - rows.lowerBound)
            }
        }
        return used.sorted { $0.key < $1.key }.map { "#\($0.key)" + runs($0.value) }.joined(separator: "$")
    }

    /// `!5~` for five of the same.
    private static func runs(_ bits: [UInt8]) -> String {
        var out = ""
        var start = 0
        while start < bits.count {
            let end = bits[start...].firstIndex { $0 != bits[start] } ?? bits.count
            let sixel = String(UnicodeScalar(63 + bits[start]))
            out += end - start > 3 ? "!\(end - start)\(sixel)" : String(repeating: sixel, count: end - start)
            start = end
        }
        return out
    }

    /// The colour of each pixel. What it is off by goes to its neighbours (Floyd and Steinberg 1976).
    private static func dithered(_ image: Image) -> [Int] {
        let (width, height) = (image.width, image.height)
        var values = image.pixels.map(Float.init)
        var colours = [Int](repeating: 0, count: width * height)
        let spread: [(x: Int, y: Int, share: Float)] = [
            (1, 0, 7 / 16), (-1, 1, 3 / 16), (0, 1, 5 / 16), (1, 1, 1 / 16),
        ]
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<3 {
                    let index = (y * width + x) * 3 + channel
                    let step = Float(255) / Float(shades - 1)
                    let shade = min(shades - 1, max(0, Int((values[index] / step).rounded())))
                    colours[y * width + x] = colours[y * width + x] * shades + shade
                    let off = values[index] - Float(shade) * step
                    for (dx, dy, share) in spread where (0..<width).contains(x + dx) && y + dy < height {
                        values[((y + dy) * width + x + dx) * 3 + channel] += off * share
                    }
                }
            }
        }
        return colours
    }
}
