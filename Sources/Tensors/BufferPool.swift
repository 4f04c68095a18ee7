import Foundation
import Synchronization

/// Memory for tensors: buffers go back here when their tensor dies and are handed out again, so that a network that has run
/// once allocates no more. Buffers are 64-byte aligned and come in sizes an eighth of a power of two apart.
final class BufferPool: Sendable {
    private struct State: ~Copyable {
        var free: [[UnsafeMutableRawPointer]] = Array(repeating: [], count: BufferPool.classes)
        var bytes = 0
    }

    private static let classes = 8 * 48
    private static let smallest = 256
    /// A cache line, and the widest vector.
    static let alignment = 64
    private let state = Mutex(State())

    deinit { trim() }

    /// Index and capacity of the smallest size class that holds `bytes`.
    static func sizeClass(of bytes: Int) -> (index: Int, capacity: Int) {
        let size = max(bytes, smallest)
        let exponent = Int.bitWidth - 1 - (size - 1).leadingZeroBitCount
        // size is in (2^exponent, 2^(exponent + 1)], which eight classes share.
        let step = 1 << (exponent - 3)
        let eighth = (size - (1 << exponent) + step - 1) / step
        return ((exponent - 7) * 8 + eighth - 1, (1 << exponent) + eighth * step)
    }

    func take(_ bytes: Int) -> (buffer: UnsafeMutableRawPointer, sizeClass: Int) {
        let (index, capacity) = Self.sizeClass(of: bytes)
        let buffer = state.withLock { state -> Pooled in
            if let buffer = state.free[index].popLast() { return Pooled(buffer) }
            state.bytes += capacity
            return Pooled(.allocate(byteCount: capacity, alignment: BufferPool.alignment))
        }
        return (buffer.pointer, index)
    }

    func give(_ buffer: UnsafeMutableRawPointer, sizeClass: Int) {
        let pooled = Pooled(buffer)
        state.withLock { $0.free[sizeClass].append(pooled.pointer) }
    }

    /// Frees what no tensor uses.
    func trim() {
        state.withLock { state in
            for index in 0..<Self.classes {
                for buffer in state.free[index] {
                    buffer.deallocate()
                    state.bytes -= Self.capacity(ofClass: index)
                }
                state.free[index] = []
            }
        }
    }

    /// Of all buffers, in use or not: constant once every shape has been seen.
    var bytes: Int { state.withLock { $0.bytes } }

    private static func capacity(ofClass index: Int) -> Int {
        let exponent = index / 8 + 7
        return (1 << exponent) + (index % 8 + 1) * (1 << (exponent - 3))
    }
}

/// A buffer on its way through the pool's lock: it has one owner at any time.
private struct Pooled: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    init(_ pointer: UnsafeMutableRawPointer) { self.pointer = pointer }
}

/// The elements of one tensor and of its views. Written once, by the operation that makes it; read-only afterwards, which is
/// why it may be shared and may die on any thread.
final class Storage: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    private let sizeClass: Int
    private let pool: BufferPool

    init(bytes: Int, pool: BufferPool) {
        (pointer, sizeClass) = pool.take(bytes)
        self.pool = pool
    }

    deinit { pool.give(pointer, sizeClass: sizeClass) }
}
