import CKernels

/// AdamW (Loshchilov and Hutter 2019, algorithm 2): Adam with decoupled weight decay, on f32 masters.
package final class AdamW {
    package let parameters: [Parameter]
    package let decay: Float
    private let betas: (Float, Float) = (0.9, 0.99)
    private let eps: Float = 1e-8
    /// By parameter: the running averages of its gradient and of its gradient's square.
    package private(set) var first: [[Float]]
    package private(set) var second: [[Float]]
    /// By parameter: how often it was updated. One that had no gradient in a step is left as it is, and not counted.
    package private(set) var updates: [Int]

    /// - Parameter decay: of the weights: each step takes `rate * decay` of them away
    package init(_ parameters: [Parameter], decay: Float) {
        self.parameters = parameters
        self.decay = decay
        first = parameters.map { [Float](repeating: 0, count: $0.shape.product) }
        second = first
        updates = parameters.map { _ in 0 }
    }

    /// Goes on from what another optimiser of the same parameters had come to.
    /// - Parameters: by parameter, as ``first``, ``second`` and ``updates``; the averages in row-major order
    package func restore(first: [[Float]], second: [[Float]], updates: [Int]) {
        let counts = parameters.map(\.shape.product)
        require(
            first.map(\.count) == counts && second.map(\.count) == counts && updates.count == counts.count,
            "AdamW: moments that do not fit the parameters")
        (self.first, self.second, self.updates) = (first, second, updates)
    }

    /// One step.
    /// - Parameters:
    ///   - gradients: by parameter, f32 and of its shape; nil where the step did not depend on it, which then stays as it is
    ///   - rate: of learning: about how far a weight goes
    ///   - scale: what all gradients are multiplied by
    package func step(_ gradients: [Tensor?], rate: Float, scale: Float) {
        require(gradients.count == parameters.count, "AdamW: \(gradients.count) gradients")
        for (i, gradient) in gradients.enumerated() {
            guard let gradient else { continue }
            updates[i] += 1
            var step = ck_adamw_step(
                scale: scale, rate: rate, keep: 1 - rate * decay, beta1: betas.0, beta2: betas.1, eps: eps,
                correction1: 1 - power(betas.0, updates[i]), correction2: 1 - power(betas.1, updates[i]))
            parameters[i].update { weights in
                first[i].withUnsafeMutableBufferPointer { first in
                    second[i].withUnsafeMutableBufferPointer { second in
                        ck_adamw(
                            weights.baseAddress, first.baseAddress, second.baseAddress, gradient.floats, weights.count,
                            &step)
                    }
                }
            }
        }
    }

    private func power(_ base: Float, _ exponent: Int) -> Float {
        // By squaring, in double: exact enough for any number of steps, and the same everywhere.
        var (result, square, rest) = (1.0, Double(base), exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return Float(result)
    }
}

extension Parameter {
    /// Replaces the values, given in row-major order.
    package func set(_ values: [Float]) {
        require(values.count == shape.product, "set: \(values.count) values for \(name) \(shape)")
        update { _ = $0.update(from: values) }
    }

    /// Takes a step from here towards `other`: share = 1 copies it. How a running average of weights follows them.
    package func follow(_ other: Parameter, share: Float) {
        require(shape == other.shape, "follow: \(name) \(shape) and \(other.name) \(other.shape)")
        update { values in
            ck_combine(
                values.baseAddress, other.pointer, values.baseAddress, 1 - share, share, values.count,
                ElementType.f32.code)
        }
    }
}

extension Tensor {
    /// The sum of the squares of its elements (f32), summed in f64.
    package var sumOfSquares: Double {
        var sum = 0.0
        ck_sum_squares(floats, count, &sum)
        return sum
    }
}
