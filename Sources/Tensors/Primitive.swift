import CDNNL

/// A oneDNN primitive, compiled for one shape and one engine.
final class Primitive {
    let handle: OpaquePointer
    let workspace: Int

    init(handle: OpaquePointer) {
        self.handle = handle
        workspace = cdnnl_primitive_workspace(handle)
    }

    deinit { cdnnl_primitive_destroy(handle) }

    /// Name of oneDNN's implementation.
    var implementation: String { String(cString: cdnnl_primitive_implementation(handle)) }
}

/// What a primitive is compiled for.
enum PrimitiveKey: Hashable {
    case convolution(Convolution)
    case upsampleConvolution(Convolution)
    case convolutionBackwardData(Convolution)
    case convolutionBackwardWeights(Convolution)
    case linear(type: ElementType, outputType: ElementType, rows: Int, inputs: Int, outputs: Int, bias: Bool)
    case linearBackwardData(type: ElementType, rows: Int, inputs: Int, outputs: Int)
    case matmul(MatrixProduct)
}

/// A primitive together with the weights packed for it.
struct Layer {
    let primitive: Primitive
    let weights: PackedWeights
    let version: Int
}

struct LayerKey: Hashable {
    let parameter: Int
    let primitive: PrimitiveKey
}

/// Runs a function of CDNNL that returns nil on failure, and traps with its message.
///
/// Shapes are checked before and models are checked when loaded, so a failure here is a mistake in the program or a lack
/// of memory.
func checked(
    _ what: @autoclosure () -> String, _ body: (inout cdnnl_message?) -> OpaquePointer?
) -> OpaquePointer {
    var message: cdnnl_message?
    guard let handle = body(&message) else {
        fatalError("\(what()): \(message.map { String(cString: $0) } ?? "no primitive")")
    }
    return handle
}

extension Engine {
    func primitive(_ key: PrimitiveKey) -> Primitive {
        if let found = primitives[key] { return found }
        let made = makePrimitive(key)
        primitives[key] = made
        return made
    }

    private func makePrimitive(_ key: PrimitiveKey) -> Primitive {
        Primitive(
            handle: checked("\(key)") { error in
                switch key {
                case .convolution(let shape):
                    var c = shape.description
                    if shape.suitsWinograd, let winograd = cdnnl_convolution_forward(&c, true, &error) {
                        return winograd
                    }
                    return cdnnl_convolution_forward(&c, false, &error)
                case .upsampleConvolution(let shape):
                    var c = shape.description
                    return cdnnl_convolution_forward(&c, false, &error)
                case .convolutionBackwardData(let shape):
                    var c = shape.description
                    return cdnnl_convolution_backward_data(&c, &error)
                case .convolutionBackwardWeights(let shape):
                    var c = shape.description
                    return cdnnl_convolution_backward_weights(&c, &error)
                case .linear(let type, let outputType, let rows, let inputs, let outputs, let bias):
                    return cdnnl_linear_forward(
                        type.code, outputType.code, Int64(rows), Int64(inputs), Int64(outputs), bias, &error)
                case .linearBackwardData(let type, let rows, let inputs, let outputs):
                    return cdnnl_linear_backward_data(type.code, Int64(rows), Int64(inputs), Int64(outputs), &error)
                case .matmul(let product):
                    var p = product.description
                    return cdnnl_matmul_create(&p, &error)
                }
            })
    }

    /// The primitive for `key` with `weight` packed for it.
    func layer(_ key: PrimitiveKey, _ weight: Parameter) -> Layer {
        let layerKey = LayerKey(parameter: weight.id, primitive: key)
        if let found = layers[layerKey], found.version == weight.version { return found }
        let primitive = primitive(key)
        let weights =
            switch key {
            case .upsampleConvolution: weight.packed(for: primitive, self, upsamplingKernels)
            default: weight.packed(for: primitive, self)
            }
        let made = Layer(primitive: primitive, weights: weights, version: weight.version)
        layers[layerKey] = made
        return made
    }

    /// Runs a primitive on up to four buffers, in the order given where CDNNL makes it.
    func execute(
        _ primitive: Primitive, weights: PackedWeights? = nil, _ a: UnsafeMutableRawPointer?,
        _ b: UnsafeMutableRawPointer?, _ c: UnsafeMutableRawPointer? = nil, _ d: UnsafeMutableRawPointer? = nil
    ) {
        var message: cdnnl_message?
        let work = workspace(primitive.workspace)
        let done = withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: 4) { buffers in
            buffers[0] = a
            buffers[1] = b
            buffers[2] = c
            buffers[3] = d
            return cdnnl_execute(stream, primitive.handle, weights?.handle, buffers.baseAddress, work, &message)
        }
        if !done { fatalError("\(primitive.implementation): \(message.map { String(cString: $0) } ?? "failed")") }
    }
}
