import Foundation
import Models
import Pictures
import Synchronization
import Testing

@testable import Diffusion
@testable import Tensors

@Suite struct DenoiseIteratorTests {
    private static let global = SegmentRequest(
        seed: 5, depth: 0, stride: 15, frames: [0, 15, 30, 45],
        prompts: ["pim walks", "pim walks", "lulu sits", "night falls"])

    private static func sample(
        _ model: Model, _ request: SegmentRequest, first: [Float]? = nil, last: [Float]? = nil, hand: SecondHand? = nil
    ) throws -> Latents {
        var iterator = try DenoiseIterator(
            model: model, request: request, known: Self.ends(first, last), hand: hand)
        while !iterator.isFinished { try iterator.step() }
        return iterator.latents
    }

    /// Of a segment of four frames.
    private static func ends(_ first: [Float]?, _ last: [Float]?) -> [Int: [Float]] {
        [0: first, 3: last].compactMapValues { $0 }
    }

    @Test(
        "A whole segment is sampled as by the twin: noise, condition, guidance and sampler",
        arguments: ["ddim", "ddpm", "dpm-solver"], ["global", "local"])
    func goldens(sampler: String, kind: String) throws {
        let golden = try Golden("tiny", "\(sampler)-\(kind)")
        let copy = try ModelCopy()
        let steps: [Int] = try golden.metadata("steps")
        try copy.set("sampling", "sampler", to: sampler)
        try copy.set("sampling", "steps", to: steps)
        let model = try copy.load()
        let parents: Bool = try golden.metadata("parents")
        let known = try golden.latents("parents")
        let (first, last) = parents ? (Array(known[0]), Array(known[1])) : (nil, nil)
        let request = SegmentRequest(
            seed: try golden.metadata("seed"), depth: try golden.metadata("depth"),
            stride: try golden.metadata("stride"), frames: try golden.metadata("frames"),
            prompts: try golden.metadata("prompts"))
        let iterator = try DenoiseIterator(model: model, request: request, known: Self.ends(first, last))
        #expect(iterator.stepCount == steps[request.depth])
        let noise = Difference("\(sampler) \(kind) noise", iterator.latents.values, try golden.values("noise"))
        #expect(noise.relative < 1e-6)
        let difference = Difference(
            "\(sampler) \(kind)", try Self.sample(model, request, first: first, last: last).values,
            try golden.values("latents"))
        print(difference)
        #expect(difference.relative < 1e-4)
    }

    @Test("A set of prompts is encoded once, whichever segments see it, and gives the same latents")
    func encodedOnce() throws {
        let model = try ModelCopy().load()
        let shared = EncodedPrompts()
        let alone = try DenoiseIterator(model: model, request: Self.global)
        for _ in 1...2 {
            var iterator = try DenoiseIterator(model: model, request: Self.global, encoded: shared)
            var other = alone
            try iterator.step()
            try other.step()
            #expect(iterator.latents == other.latents)
        }
        // With guidance there are two sets: the request's prompts, and the empty one.
        #expect(shared.kept.withLock(\.count) == 2)
    }

    @Test(
        "Steps and guidance go by stride and by what is known; a frame whose prompt no parent has gets guidance of its own"
    )
    func efforts() throws {
        func model(orphans: Double) throws -> Model {
            let copy = try ModelCopy()
            let efforts: [[String: Any]] = [
                ["known": "both", "stride": 9, "steps": 7, "guidance": 2, "orphan_guidance": orphans],
                ["known": "both", "stride": 4, "steps": 5, "guidance": 2],
            ]
            try copy.set("sampling", "efforts", to: efforts)
            return try copy.load()
        }
        let known = try Golden("tiny", "ddim-local").latents("parents")
        func afterOneStep(_ model: Model, stride: Int) throws -> (stepCount: Int, latents: Latents) {
            let request = SegmentRequest(
                seed: 1, depth: 1, stride: stride, frames: (0..<4).map { $0 * stride },
                prompts: ["pim walks", "pim walks", "night falls", "lulu sits"])
            var iterator = try DenoiseIterator(
                model: model, request: request, known: [0: Array(known[0]), 3: Array(known[1])])
            try iterator.step()
            return (iterator.stepCount, iterator.latents)
        }
        let (plain, more) = (try model(orphans: 2), try model(orphans: 4))
        let (a, b) = (try afterOneStep(plain, stride: 12), try afterOneStep(more, stride: 12))
        #expect(a.stepCount == 7)
        #expect((0..<4).map { a.latents[$0] == b.latents[$0] } == [true, true, false, true])
        #expect(try afterOneStep(plain, stride: 8).stepCount == 5)
        #expect(try afterOneStep(plain, stride: 3).stepCount == plain.configuration.sampling.steps[1])
    }

    @Test("A segment in bf16 is close to the one in f32", .enabled(if: Engine.supportsBF16))
    func bf16() throws {
        let f32 = try Self.sample(Model.load(directory: Fixtures.tiny, precision: .f32), Self.global)
        let bf16 = try Self.sample(Model.load(directory: Fixtures.tiny, precision: .bf16), Self.global)
        let difference = Difference("segment in bf16", bf16.values, f32.values)
        print(difference)
        #expect(difference.relative < 5e-2)
        #expect(bf16 != f32)
    }

    @Test("The same request gives the same bits on every thread", arguments: ElementType.supported)
    func threads(type: ElementType) throws {
        let model = try Model.load(directory: Fixtures.tiny, precision: type.precision)
        let expected = try Self.sample(model, Self.global)
        let results = Mutex<[Latents?]>([])
        let group = DispatchGroup()
        for _ in 0..<3 {
            group.enter()
            Thread.detachNewThread {
                let latents = try? Self.sample(model, Self.global)
                results.withLock { $0.append(latents) }
                group.leave()
            }
        }
        group.wait()
        #expect(results.withLock { $0 } == [expected, expected, expected])
    }

    @Test(
        "A second hand makes the pass without the prompt, and gives the same bits, also where others want it too",
        arguments: ElementType.supported)
    func secondHand(type: ElementType) throws {
        let model = try Model.load(directory: Fixtures.tiny, precision: type.precision)
        let expected = try Self.sample(model, Self.global)
        let threads = Mutex<[pthread_t]>([])
        @Sendable func note() { threads.withLock { $0.append(pthread_self()) } }
        let hand = SecondHand(named: "hand", stackBytes: 16 << 20) { note() }
        let results = Mutex<[Latents?]>([])
        let group = DispatchGroup()
        for _ in 0..<3 {
            group.enter()
            Thread.detachNewThread {
                let latents = try? Self.sample(model, Self.global, hand: hand)
                results.withLock { $0.append(latents) }
                group.leave()
            }
        }
        group.wait()
        #expect(results.withLock { $0 } == [expected, expected, expected])
        hand.together({ note() }, while: { note() })
        let (first, rest) = threads.withLock { ($0[0], $0.dropFirst()) }
        // What it is given is done on its thread, what is done meanwhile on the caller's.
        #expect(rest.count == 2 && rest.contains(first) && rest.contains(pthread_self()))
    }

    @Test("Once under way, sampling allocates no buffer")
    func steadyState() throws {
        let copy = try ModelCopy()
        try copy.set("sampling", "steps", to: [12])
        var iterator = try DenoiseIterator(model: copy.load(), request: Self.global)
        try iterator.step()
        try iterator.step()
        let bytes = Engine.bytesHeld
        while !iterator.isFinished { try iterator.step() }
        #expect(Engine.bytesHeld == bytes)
    }

    @Test("Interleaving two segments on a thread changes neither")
    func interleaved() throws {
        let model = try Model.load(directory: Fixtures.tiny, precision: .f32)
        let other = SegmentRequest(
            seed: 6, depth: 1, stride: 1, frames: [0, 1, 2], prompts: ["rok jumps", "rok jumps", "rok jumps"])
        var a = try DenoiseIterator(model: model, request: Self.global)
        var b = try DenoiseIterator(model: model, request: other)
        while !a.isFinished || !b.isFinished {
            try a.step()
            try b.step()
        }
        #expect(a.latents == (try Self.sample(model, Self.global)))
        #expect(b.latents == (try Self.sample(model, other)))
        #expect(a.position == 4 && b.position == 2)
        try a.step()
        #expect(a.position == 4)
    }

    @Test("Parents stay at the ends as they were given, and steer the frames between")
    func parents() throws {
        let model = try Model.load(directory: Fixtures.tiny, precision: .f32)
        let request = SegmentRequest(
            seed: 9, depth: 2, stride: 1, frames: [4, 5, 6, 7], prompts: Array(repeating: "pim waves", count: 4))
        let ones = [Float](repeating: 1, count: 64)
        let twos = [Float](repeating: -2, count: 64)
        let a = try Self.sample(model, request, first: ones, last: twos)
        let b = try Self.sample(model, request, first: twos, last: twos)
        #expect(Array(a[0]) == ones)
        #expect(Array(a[3]) == twos)
        #expect(a[1] != b[1])
    }

    @Test("Of keyframes that are made again the known ones stay, and the others agree with them")
    func kept() throws {
        let model = try Model.load(directory: Fixtures.tiny, precision: .f32)
        let before = try Self.sample(model, Self.global)
        let again = SegmentRequest(
            seed: 6, depth: 0, stride: 15, frames: Self.global.frames, prompts: Self.global.prompts)
        func take(_ kept: Latents) throws -> Latents {
            var iterator = try DenoiseIterator(
                model: model, request: again, known: [0, 1, 3].reduce(into: [:]) { $0[$1] = Array(kept[$1]) })
            while !iterator.isFinished { try iterator.step() }
            return iterator.latents
        }
        let after = try take(before)
        #expect([0, 1, 3].allSatisfy { after[$0] == before[$0] })
        #expect(after[2] != before[2])
        #expect(after[2] != (try Self.sample(model, again))[2])
        #expect(try take(before) == after)
        var others = before
        others[1] = before[0]
        #expect(try take(others)[2] != after[2])
    }

    @Test("A prompt acts on its own frame more than on the others")
    func promptPerFrame() throws {
        let model = try Model.load(directory: Fixtures.tiny, precision: .f32)
        func predict(_ prompts: [Int]) -> [Float] {
            let shape = Shape([1, 4, 4, 4, 4])
            let x = Tensor(
                Noise(seed: 1, depth: 0, shared: 0).normals(.sampler, step: 0, frame: 0, count: 256), shape: shape)
            let nothing = Tensor(zeros: [1, 4, 4, 4, model.configuration.mtd.conditionWidth])
            let visual = model.mtd.visual(condition: nothing, mask: [0, 0, 0, 0], type: .f32)
            let context = model.mtd.context(
                visual: visual, text: model.text.encode(["pim walks", "night falls", "lulu"]), prompts: prompts,
                strides: [15], levels: [0])
            return model.mtd.predict(x, timesteps: [500, 500, 500, 500], context).values()
        }
        let base = predict([0, 0, 0, 0])
        for frame in 0..<4 {
            var prompts = [0, 0, 0, 0]
            prompts[frame] = 1
            let changed = predict(prompts)
            let change = (0..<4).map { f in
                zip(base, changed).dropFirst(f * 64).prefix(64).reduce(Float(0)) { $0 + abs($1.0 - $1.1) }
            }
            print("prompt of frame \(frame) changed:", change)
            #expect(change.max() == change[frame])
        }
    }

    @Test("Padding of a short prompt beside a long one has no effect; its own words have")
    func padding() throws {
        let model = try Model.load(directory: Fixtures.tiny, precision: .f32)
        let alone = model.text.encode(["pim walks"])
        let beside = model.text.encode(["pim walks", "night falls and lulu sits by the old tree"])
        let width = alone.vectors.shape[2]
        let difference = Difference(
            "padded prompt", Array(beside.vectors.values().prefix(3 * width)), alone.vectors.values())
        #expect(alone.lengths == [3] && beside.lengths == [3, 10])
        #expect(difference.relative < 1e-5)
        let other = model.text.encode(["pim jumps"])
        #expect(Difference("", other.vectors.values(), alone.vectors.values()).relative > 1e-2)
    }

    @Test("A request that does not fit the model is refused")
    func refusals() throws {
        let model = try Model.load(directory: Fixtures.tiny, precision: .f32)
        func refused(_ request: SegmentRequest, first: [Float]? = nil, _ message: String) {
            let error = #expect(throws: SegmentError.self) {
                try DenoiseIterator(model: model, request: request, known: Self.ends(first, nil))
            }
            #expect("\(error!)" == "this segment cannot be sampled by this model: " + message)
        }
        func request(frames: Int = 4, prompts: Int = 4, stride: Int = 1) -> SegmentRequest {
            SegmentRequest(
                seed: 1, depth: 0, stride: stride, frames: Array(0..<frames),
                prompts: Array(repeating: "pim", count: prompts))
        }
        refused(request(frames: 5, prompts: 5), "5 frames; it makes 2 to 4")
        refused(request(prompts: 3), "3 prompts for 4 frames")
        refused(request(stride: 0), "stride 0, depth 0")
        refused(request(), first: [1, 2], "a known latent of 2 values; it has 64")
    }

    @Test("Pictures of the model's size become latents and back, frame by frame", arguments: [1, 2, 4])
    func encodeAndDecode(frames: Int) throws {
        let model = try Model.load(directory: Fixtures.tiny, precision: .f32)
        let images = (0..<frames).map { i in
            Image(width: 32, height: 32, pixels: (0..<3072).map { UInt8(truncatingIfNeeded: $0 * (i + 3)) })
        }
        let latents = model.encode(apart: images)
        #expect(latents.frames == frames)
        #expect(latents.height == 4 && latents.width == 4 && latents.channels == 4)
        let decoded = try model.decode(latents)
        #expect(decoded.count == frames)
        #expect(decoded.allSatisfy { $0.width == 32 && $0.height == 32 })
        #expect(Set(decoded[0].pixels).count > 20)
    }

    @Test("Latents that decode to no numbers are refused rather than shown")
    func decodeNaN() throws {
        let model = try Model.load(directory: Fixtures.tiny, precision: .f32)
        let latents = Latents(
            frames: 1, height: 4, width: 4, channels: 4, values: [Float](repeating: .nan, count: 64))
        #expect(throws: SegmentError.pixelsNotFinite) { try model.decode(latents) }
    }
}
