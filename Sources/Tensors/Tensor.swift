import CKernels

/// A dense array of activations: a value whose elements never change once an operation has made it.
///
/// Activations are channels-last. Letters in comments: N items, B batch, F frames, H height, W width, P positions (H * W),
/// C channels, T and S tokens.
package struct Tensor: Sendable {
    let storage: Storage
    package let shape: Shape
    package let type: ElementType

    /// Number of elements.
    package var count: Int { shape.product }

    /// The elements. Usable to the end of the calling operation even if this is the tensor's last use: a buffer goes back to
    /// its engine's pool, where only a later operation of the same thread takes it again. So a thread that uses a tensor of
    /// another thread's must hold it for as long.
    var pointer: UnsafeMutableRawPointer { storage.pointer }

    /// Uninitialised: the operation that asks for it writes every element.
    init(_ shape: Shape, _ type: ElementType, _ engine: Engine) {
        storage = Storage(bytes: shape.product * type.width, pool: engine.pool)
        self.shape = shape
        self.type = type
    }

    private init(storage: Storage, shape: Shape, type: ElementType) {
        self.storage = storage
        self.shape = shape
        self.type = type
    }

    /// A tensor of `values` in row-major order, rounded to `type`.
    package init(_ values: [Float], shape: Shape, type: ElementType = .f32) {
        require(values.count == shape.product, "\(values.count) values for shape \(shape)")
        self.init(shape, type, Engine.current)
        values.withUnsafeBufferPointer { ck_from_f32($0.baseAddress, pointer, values.count, type.code) }
    }

    /// A tensor all of whose elements are zero.
    package init(zeros shape: Shape, type: ElementType = .f32) {
        self.init(shape, type, Engine.current)
        pointer.initializeMemory(as: UInt8.self, repeating: 0, count: count * type.width)
    }

    /// The same elements under another shape, which has as many. Costs nothing.
    package func reshaped(_ shape: Shape) -> Tensor {
        require(shape.product == count, "reshaped: \(self.shape) has \(count) elements, \(shape) \(shape.product)")
        return Tensor(storage: storage, shape: shape, type: type)
    }

    /// The elements in row-major order, widened to f32.
    package func values() -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            ck_to_f32(pointer, buffer.baseAddress, count, type.code)
            initialized = count
        }
    }
}

extension Tensor: CustomStringConvertible {
    package var description: String { "\(type) \(shape)" }
}
