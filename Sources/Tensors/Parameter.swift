import CDNNL
import Synchronization

/// A trained array: an f32 master in PyTorch's layout ([out, in, kh, kw] for convolutions, [out, in] for linear layers).
///
/// All workers share it. Each layout that oneDNN wants is packed once, under a lock, and shared too.
package final class Parameter: @unchecked Sendable {
    package let name: String
    package let shape: Shape
    /// Distinguishes parameters for as long as the process lives.
    let id: Int
    let master: UnsafeMutableBufferPointer<Float>
    /// Grows with every update, which makes packed copies stale.
    private(set) var version = 0
    private let packs = Mutex<[PackedWeights]>([])

    private static let count = Atomic<Int>(0)

    /// - Parameter values: as many as the shape has, in row-major order
    package init(name: String, shape: Shape, values: [Float]) {
        require(values.count == shape.product, "parameter \(name): \(values.count) values for shape \(shape)")
        self.name = name
        self.shape = shape
        id = Self.count.add(1, ordering: .relaxed).newValue
        master = .allocate(capacity: values.count)
        _ = master.initialize(from: values)
    }

    deinit { master.deallocate() }

    /// In row-major order.
    package var values: [Float] { Array(master) }

    var pointer: UnsafeMutablePointer<Float> { master.baseAddress! }

    /// Changes the values, as an optimiser does. No other thread may use the parameter meanwhile.
    package func update(_ body: (UnsafeMutableBufferPointer<Float>) -> Void) {
        body(master)
        version += 1
        packs.withLock { $0.removeAll() }
    }

    /// The weights, or what `derived` makes of them, as `primitive` wants them.
    func packed(
        for primitive: Primitive, _ engine: Engine, _ derived: ((Parameter) -> [Float])? = nil
    ) -> PackedWeights {
        packs.withLock { packs in
            if let found = packs.first(where: { cdnnl_packed_fits($0.handle, primitive.handle) }) { return found }
            let made = PackedWeights(
                handle: checked("packing \(name) \(shape)") { error in
                    if let derived { return cdnnl_pack(engine.stream, primitive.handle, derived(self), &error) }
                    return cdnnl_pack(engine.stream, primitive.handle, pointer, &error)
                })
            packs.append(made)
            return made
        }
    }
}

/// Weights in a layout of oneDNN's choice.
final class PackedWeights: @unchecked Sendable {
    let handle: OpaquePointer
    init(handle: OpaquePointer) { self.handle = handle }
    deinit { cdnnl_packed_destroy(handle) }
}
