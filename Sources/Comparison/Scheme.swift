package import Models
package import Plans

/// In which order the frames of a film are made, and what each clip knows of the others: the same network, asked differently.
package enum Scheme: Hashable, Sendable {
    /// Diffusion over diffusion (NUWA-XL): keyframes over the whole film, then what lies between, depth by depth.
    case hierarchy
    /// From left to right: windows of `depths` depths of `clipFrames` frames a clip, each of which knows the last `overlap` frames of the
    /// top depth of the one before it. Of one depth it is autoregression; of two, LVDM's two levels (He et al. 2022, arXiv 2211.13221): few
    /// frames from left to right, then what lies between; and of as many as span the film, the hierarchy.
    case chain(depths: Int, overlap: Int, clipFrames: Int)
    /// Autoregression in which a clip also sees a frame of long ago, the one whose prompt is most like its own: a bank of memories, in the
    /// spirit of EgoLCD.
    case memory(overlap: Int, clipFrames: Int)
    /// A diagonal queue, after FIFO-Diffusion (Kim et al. 2024, arXiv 2405.11473) without its partitions and lookahead: a queue of frames with
    /// ever more noise; each step of the sampler finishes the first and appends one of noise alone. With `isCoherent` that noise has half of
    /// its variance in common with what was appended before it: the plainest form of a coherent tail (Ouroboros-Diffusion, Chen et al. 2025,
    /// arXiv 2501.09019, takes the low frequencies of a frame in the queue).
    case queue(isCoherent: Bool, clipFrames: Int)

    /// A clip of most frames of the default model.
    private static let usual = 16

    /// By these it is asked for, and named in tables.
    package static let named: [(name: String, scheme: Scheme, about: String)] = [
        ("hierarchy", .hierarchy, "diffusion over diffusion, without a judge"),
        (
            "autoregression-1", .chain(depths: 1, overlap: 1, clipFrames: usual),
            "from left to right; a clip knows the last frame before it"
        ),
        ("autoregression-4", .chain(depths: 1, overlap: 4, clipFrames: usual), "the last four"),
        ("autoregression-8", .chain(depths: 1, overlap: 8, clipFrames: usual), "the last eight"),
        (
            "two-levels", .chain(depths: 2, overlap: 1, clipFrames: usual),
            "every 15th frame from left to right, then what lies between (LVDM)"
        ),
        (
            "memory", .memory(overlap: 4, clipFrames: usual),
            "the last four, and one of long ago with a prompt like its own (EgoLCD)"
        ),
        (
            "queue", .queue(isCoherent: false, clipFrames: usual),
            "a plain diagonal queue of frames with ever more noise (after FIFO-Diffusion)"
        ),
        (
            "queue-coherent", .queue(isCoherent: true, clipFrames: usual),
            "the same, new noise half like that before it (after Ouroboros-Diffusion)"
        ),
    ]

    /// A name of ``named``, or with numbers of its own: `chain-DEPTHS-OVERLAP-FRAMES`, `memory-OVERLAP-FRAMES`, `queue-FRAMES`,
    /// `queue-coherent-FRAMES`.
    package init?(name: String) {
        if let known = Self.named.first(where: { $0.name == name }) {
            self = known.scheme
            return
        }
        let words = name.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = words.reversed().prefix { Int($0) != nil }.reversed().compactMap { Int($0) }
        let kind = words.dropLast(numbers.count).joined(separator: "-")
        guard let frames = numbers.last, RenderPlan.segmentFrameRange.contains(frames) else { return nil }
        switch (kind, numbers.count) {
        case ("chain", 3) where (1...4).contains(numbers[0]) && (1..<frames).contains(numbers[1]):
            self = .chain(depths: numbers[0], overlap: numbers[1], clipFrames: frames)
        // Beside those that it remembers, a clip has a frame to make.
        case ("memory", 2) where (1..<frames - 1).contains(numbers[0]):
            self = .memory(overlap: numbers[0], clipFrames: frames)
        case ("queue", 1): self = .queue(isCoherent: false, clipFrames: frames)
        case ("queue-coherent", 1): self = .queue(isCoherent: true, clipFrames: frames)
        default: return nil
        }
    }

    package var name: String {
        if let known = Self.named.first(where: { $0.scheme == self }) { return known.name }
        return switch self {
        case .hierarchy: "hierarchy"
        case .chain(let depths, let overlap, let frames): "chain-\(depths)-\(overlap)-\(frames)"
        case .memory(let overlap, let frames): "memory-\(overlap)-\(frames)"
        case .queue(let isCoherent, let frames): "queue-\(isCoherent ? "coherent-" : "")\(frames)"
        }
    }

    /// Frames of its clips; nil where the model says how many there may be.
    package var clipFrames: Int? {
        switch self {
        case .hierarchy: nil
        case .chain(_, _, let frames), .memory(_, let frames), .queue(_, let frames): frames
        }
    }

    /// The clips of a film, each after those whose frames it knows. Of a queue, which has none, its beginning.
    /// - Parameters:
    ///   - segmentFrames: how many frames the clips of the hierarchy may have
    ///   - prompt: of a film frame
    package func clips(
        frames: Int, segmentFrames: ClosedRange<Int>, prompt: (Int) -> String
    ) throws(RenderPlanError) -> [Clip] {
        switch self {
        case .hierarchy: try Self.hierarchy(RenderPlan(frames: frames, segmentFrames: segmentFrames))
        case .chain(let depths, let overlap, let length):
            Self.chain(frames: frames, depths: depths, overlap: overlap, length: length)
        case .memory(let overlap, let length):
            Self.remembering(frames: frames, overlap: overlap, length: length, prompt: prompt)
        case .queue(_, let length):
            [Clip(depth: 0, stride: 1, frames: Array(0..<length), places: [])]
        }
    }

    private static func hierarchy(_ plan: RenderPlan) -> [Clip] {
        plan.segmentIDs.map { id in
            let segment = plan.segment(id)
            return Clip(
                depth: id.depth, stride: segment.stride, frames: segment.frames,
                places: id.depth == 0 ? [] : [0, segment.frames.count - 1])
        }
    }

    private static func chain(frames: Int, depths: Int, overlap: Int, length: Int) -> [Clip] {
        var step = (1..<depths).reduce(1) { step, _ in step * (length - 1) }
        var clips: [Clip] = []
        var (start, known) = (0, [Int]())
        repeat {
            clips.append(
                Clip(depth: 0, stride: step, frames: (0..<length).map { start + $0 * step }, places: known))
            start += (length - overlap) * step
            known = Array(0..<overlap)
        } while start + (overlap - 1) * step < frames - 1
        for depth in 1..<max(1, depths) {
            let above = step
            step /= length - 1
            clips += Swift.stride(from: 0, to: frames - 1, by: above).map { start in
                Clip(
                    depth: depth, stride: step, frames: (0..<length).map { start + $0 * step },
                    places: [0, length - 1])
            }
        }
        return clips
    }

    private static func remembering(
        frames: Int, overlap: Int, length: Int, prompt: (Int) -> String
    ) -> [Clip] {
        var clips = [Clip(depth: 0, stride: 1, frames: Array(0..<length), places: [])]
        var next = length  // the first frame that is not there yet
        while next < frames {
            let recent = next - overlap..<next
            let new = next..<next + length - overlap - 1
            let memory = mostLike(new.prefix(while: { $0 < frames }).map(prompt), before: recent.lowerBound, prompt)
            clips.append(
                Clip(depth: 0, stride: 1, frames: [memory] + recent + new, places: Array(0...overlap)))
            next = new.upperBound
        }
        return clips
    }

    /// The latest of the frames before `end` whose prompt has most words in common with those of the new frames: by the size of what they
    /// share over that of both together.
    private static func mostLike(_ prompts: [String], before end: Int, _ prompt: (Int) -> String) -> Int {
        func words(_ texts: [String]) -> Set<String> {
            Set(texts.flatMap { Tokenizer.words(in: $0).map(\.text) })
        }
        let wanted = words(prompts)
        var best = (frame: 0, likeness: -1.0)
        var last: (prompt: String, likeness: Double) = ("", 0)
        for frame in 0..<end {
            let own = prompt(frame)
            if own != last.prompt || frame == 0 {
                let ours = words([own])
                last = (own, Double(ours.intersection(wanted).count) / Double(max(1, ours.union(wanted).count)))
            }
            if last.likeness >= best.likeness { best = (frame, last.likeness) }
        }
        return best.frame
    }
}
