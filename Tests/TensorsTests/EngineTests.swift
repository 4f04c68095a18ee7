import CKernels
import Foundation
import Synchronization
import Testing

@testable import Tensors

@Suite struct EngineTests {
    /// A small network of every kind of layer.
    struct Network: Sendable {
        let convolution = parameter([32, 16, 3, 3], 1, scale: 0.1)
        let temporal = parameter([32, 32, 3], 2, scale: 0.1)
        let projection = parameter([32, 32], 3, scale: 0.2)
        let scale = parameter([32], 4, around: 1)
        let shift = parameter([32], 5)

        func callAsFunction(_ x: Tensor) -> Tensor {
            var h = groupNorm(conv2d(x, convolution, shift), groups: 8, scale, shift, silu: true)
            let (n, p) = (x.shape[0], x.shape[1] * x.shape[2])
            h = temporalConv(h.reshaped([1, n, p, 32]), temporal, shift)
            h = add(h, temporalAttention(h, h, h, heads: 2))
            let tokens = layerNorm(h.reshaped([n, p, 32]), scale, shift)
            return linear(attention(tokens, tokens, tokens, heads: 2), projection, shift, activation: .gelu)
        }
    }

    @Test("The same input gives the same bits, whatever thread and however many", arguments: types)
    func determinism(_ type: ElementType) {
        let network = Network()
        let x = tensor([4, 5, 7, 16], 9, type)
        let expected = network(x).values()
        let results = Mutex<[[Float]]>([])
        let threads = (0..<3).map { _ in
            let thread = Thread {
                for _ in 0..<3 {
                    let values = network(x).values()
                    results.withLock { $0.append(values) }
                }
            }
            thread.stackSize = 8 << 20
            thread.start()
            return thread
        }
        while !threads.allSatisfy(\.isFinished) { sched_yield() }
        #expect(results.withLock { $0.count } == 9)
        #expect(results.withLock { $0.allSatisfy { $0 == expected } })
    }

    @Test("After the first pass nothing is allocated and nothing compiled")
    func steadyState() async {
        let network = Network()
        let statistics = await onThread { () -> [[Int]] in
            let x = tensor([4, 5, 7, 16], 9)
            return (0..<4).map { _ in
                _ = network(x)
                return [Engine.bytesHeld, Engine.current.primitives.count]
            }
        }
        #expect(statistics[0][0] > 0)
        #expect(statistics.allSatisfy { $0 == statistics[0] })
    }

    @Test("A tensor may die on another thread: its buffer is used again")
    func strangers() async {
        let bytes = await onThread { () -> [Int] in
            let engine = Engine.current
            func dieElsewhere() {
                var x: Tensor? = tensor([1000], 1)
                let carried = x.take()!
                let thread = Thread { withExtendedLifetime(carried) {} }
                thread.start()
                while !thread.isFinished { sched_yield() }
            }
            dieElsewhere()
            let before = engine.pool.bytes
            for _ in 0..<3 { dieElsewhere() }
            return [before, engine.pool.bytes]
        }
        #expect(bytes[0] == bytes[1])
    }

    @Test("Size classes hold what they are for and waste little")
    func sizeClasses() {
        var previous = -1
        for bytes in stride(from: 1, through: 1 << 20, by: 97) {
            let (index, capacity) = BufferPool.sizeClass(of: bytes)
            #expect(capacity >= bytes && (bytes <= 256 || Double(capacity) <= Double(bytes) * 1.126))
            #expect(index >= previous && index >= 0)
            previous = index
        }
    }

    /// Runs `body` on a thread of its own, which has an engine of its own.
    func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: body()) }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }
}
