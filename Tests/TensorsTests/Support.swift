import Testing

@testable import Tensors

/// Element types that this CPU computes in.
let types: [ElementType] = Engine.supportsBF16 ? [.f32, .bf16] : [.f32]

/// Numbers from -1 to 1 that depend on `seed` only (splitmix64).
func random(_ count: Int, _ seed: UInt64, scale: Float = 1) -> [Float] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15
    return (0..<count).map { _ in
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return (Float((z ^ (z >> 31)) >> 40) / Float(1 << 23) - 1) * scale
    }
}

func tensor(_ shape: Shape, _ seed: UInt64, _ type: ElementType = .f32, scale: Float = 1) -> Tensor {
    Tensor(random(shape.product, seed, scale: scale), shape: shape, type: type)
}

func parameter(_ shape: Shape, _ seed: UInt64, scale: Float = 1, around centre: Float = 0) -> Parameter {
    Parameter(name: "p\(seed)", shape: shape, values: random(shape.product, seed, scale: scale).map { $0 + centre })
}

/// Largest difference over largest expected value.
func relativeError(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count else { return .infinity }
    let largest = expected.reduce(0) { max($0, abs($1)) }
    let difference = zip(found, expected).reduce(Float(0)) { largest, pair in
        let d = abs(pair.0 - pair.1)
        return d.isNaN ? .infinity : max(largest, d)
    }
    return difference / max(largest, .leastNormalMagnitude)
}

/// Expects `found` within 1e-5 (f32) or 2e-2 (bf16) of `expected`.
func expectClose(
    _ found: Tensor, _ shape: Shape, _ expected: [Float], sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(found.shape == shape, sourceLocation: sourceLocation)
    let error = relativeError(found.values(), expected)
    #expect(error <= (found.type == .f32 ? 1e-5 : 2e-2), "relative error \(error)", sourceLocation: sourceLocation)
}
