import CDNNL
import CKernels
import Foundation

/// All that one worker thread owns: its buffers, its compiled primitives, its tape. One per operating system thread.
///
/// Operations run on the calling thread's engine, made on first use with one compute thread. Two workers of one thread each
/// are as fast as one of two, and steadier on a machine that has other work.
package final class Engine {
    let pool = BufferPool()
    let stream: OpaquePointer
    var primitives: [PrimitiveKey: Primitive] = [:]
    var layers: [LayerKey: Layer] = [:]
    /// Where operations are recorded while `Tape.record` runs on this thread.
    var tape: Tape?
    private var work: (buffer: UnsafeMutableRawPointer, bytes: Int)?

    private init() {
        cdnnl_set_threads(1)
        stream = checked("making a stream") { cdnnl_stream_create(&$0) }
    }

    deinit {
        layers = [:]
        primitives = [:]
        work?.buffer.deallocate()
        cdnnl_stream_destroy(stream)
    }

    /// The calling thread's engine.
    package static var current: Engine {
        if let existing = pthread_getspecific(slot) {
            return Unmanaged<Engine>.fromOpaque(existing).takeUnretainedValue()
        }
        let engine = Engine()
        pthread_setspecific(slot, Unmanaged.passRetained(engine).toOpaque())
        return engine
    }

    private static let slot: pthread_key_t = {
        var key = pthread_key_t()
        let failed = pthread_key_create(&key) { value in
            if let value { Unmanaged<Engine>.fromOpaque(value).release() }
        }
        require(failed == 0, "no thread-local storage left: \(failed)")
        return key
    }()

    /// True where this CPU multiplies bf16 natively; elsewhere bf16 is slower than f32, or not there.
    package static let supportsBF16 = cdnnl_native_bf16()

    /// The faster element type of this CPU.
    package static var bestType: ElementType { supportsBF16 ? .bf16 : .f32 }

    /// What the kernels in use are compiled for, chosen when the program starts, in words: this CPU's best, unless ONEDNN_MAX_CPU_ISA
    /// holds them and oneDNN back.
    package static var instructions: String {
        switch ck_level() {
        case Int32(CK_AVX512_BF16): "AVX-512 with bf16"
        case Int32(CK_AVX512): "AVX-512"
        case Int32(CK_AVX2): "AVX2"
        default: "the instructions that every processor has"
        }
    }

    /// Where the user holds the instructions back by ONEDNN_MAX_CPU_ISA: all that the last bits of a result still depend on; nil elsewhere.
    package static var heldBack: String? {
        let environment = ProcessInfo.processInfo.environment
        guard let limit = environment["ONEDNN_MAX_CPU_ISA"] ?? environment["DNNL_MAX_CPU_ISA"] else { return nil }
        return "at most \(limit.uppercased()): isa \(cdnnl_isa()), kernels \(ck_level())"
    }

    /// Bytes of tensors' memory that this thread has taken so far.
    package static var bytesHeld: Int { current.pool.bytes }

    /// Version of oneDNN, e.g. "2.6.3".
    package static var version: String { String(cString: cdnnl_version()) }

    /// Scratch memory of at least `bytes`, the same for all primitives since they run one after another.
    func workspace(_ bytes: Int) -> UnsafeMutableRawPointer? {
        if bytes == 0 { return nil }
        if let work, work.bytes >= bytes { return work.buffer }
        work?.buffer.deallocate()
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: BufferPool.alignment)
        work = (buffer, bytes)
        return buffer
    }
}

/// Traps with `message` unless `condition` holds, in release builds too (`precondition` says nothing there).
///
/// For mistakes in a program: shapes that do not fit, a missing gradient. What input can cause is thrown instead.
@inline(__always)
func require(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError(message()) }
}
