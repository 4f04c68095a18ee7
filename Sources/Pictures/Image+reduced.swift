extension Image {
    /// Each square of `factor` by `factor` pixels as one, their mean.
    ///
    /// - Precondition: both sides are multiples of `factor`.
    package func reduced(by factor: Int) -> Image {
        precondition(
            factor > 0 && width.isMultiple(of: factor) && height.isMultiple(of: factor),
            "\(width)x\(height) pixels in squares of \(factor)")
        if factor == 1 { return self }
        let (columns, rows, count) = (width / factor, height / factor, factor * factor)
        var sums = [Int](repeating: count / 2, count: columns * rows * 3)
        for y in 0..<height {
            for x in 0..<width {
                let (from, to) = ((y * width + x) * 3, (y / factor * columns + x / factor) * 3)
                for channel in 0..<3 { sums[to + channel] += Int(pixels[from + channel]) }
            }
        }
        return Image(width: columns, height: rows, pixels: sums.map { UInt8($0 / count) })
    }
}
