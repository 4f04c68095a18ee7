/// What tells how far pictures are from what they should be: the mean absolute error, the mean square, the same of how neighbouring pixels differ
/// (so outlines are crisp), and of how a clip's neighbouring frames do (so nothing flickers). And how the loss falls.
struct PictureLoss {
    let weights: AutoencoderRecipe.Loss
    let frames, height, width: Int

    private var row: Int { width * 3 }
    private var picture: Int { height * row }

    /// - Parameters:
    ///   - found, wanted: [F, H, W, 3]
    ///   - isClip: whether the frames are neighbours in time.
    ///   - share: what the loss counts in the whole batch's.
    /// - Returns: the loss, and its gradient by `found`.
    func error(_ found: [Float], _ wanted: [Float], isClip: Bool, share: Float) -> (loss: Double, slope: [Float]) {
        let errors = zip(found, wanted).map { $0 - $1 }
        var slope = [Float](repeating: 0, count: errors.count)
        let (count, square) = (Float(errors.count), Float(weights.square))
        var (sum, squares) = (0.0, 0.0)
        for (i, error) in errors.enumerated() {
            sum += Double(abs(error))
            squares += Double(error * error)
            slope[i] = share * (sign(error) + 2 * square * error) / count
        }
        var loss = (sum + Double(square) * squares) / Double(count) * Double(share)
        let edges = Float(weights.edges) * share
        loss += difference(errors, lines: frames * height, length: row, gap: 3, edges, &slope)
        loss += difference(errors, lines: frames, length: picture, gap: row, edges, &slope)
        if isClip && frames > 1 {
            let changes = Float(weights.changes) * share
            loss += difference(errors, lines: 1, length: frames * picture, gap: picture, changes, &slope)
        }
        return (loss, slope)
    }

    /// Adds what the mean absolute difference of elements `gap` apart in the same line comes to.
    private func difference(
        _ errors: [Float], lines: Int, length: Int, gap: Int, _ weight: Float, _ slope: inout [Float]
    ) -> Double {
        guard weight > 0, length > gap else { return 0 }
        let share = weight / Float(lines * (length - gap))
        var sum = 0.0
        for line in 0..<lines {
            for i in line * length..<(line + 1) * length - gap {
                let difference = errors[i + gap] - errors[i]
                sum += Double(abs(difference))
                slope[i + gap] += share * sign(difference)
                slope[i] -= share * sign(difference)
            }
        }
        return sum * Double(share)
    }

    private func sign(_ x: Float) -> Float { x > 0 ? 1 : x < 0 ? -1 : 0 }
}
