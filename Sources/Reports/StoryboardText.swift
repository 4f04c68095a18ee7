package import Plans
package import Scripts
import Terminal

/// The storyboard as each depth will see it: what `nuwactl check` prints. At most 100 columns wide.
package enum StoryboardText {
    private static let width = 100
    /// Further prompts, and further ranges of segments, are counted, not listed.
    private static let listedPrompts = 100
    private static let listedRanges = 24

    package static func page(_ storyboard: Storyboard, plan: RenderPlan) -> String {
        let sections =
            [heading(storyboard, plan), shots(storyboard, plan), global(storyboard, plan)]
            + (1..<max(1, plan.depths)).map { local(storyboard, plan, depth: $0) }
        return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    // MARK: Sections

    private static func heading(_ storyboard: Storyboard, _ plan: RenderPlan) -> [String] {
        let length = lengthText(frames: storyboard.frames, fps: storyboard.fps)
        var counts = (0..<plan.depths).map { String(plan.segmentCount(atDepth: $0)) }
        if counts.count > 6 { counts.replaceSubrange(3..<counts.count - 1, with: ["…"]) }
        return [
            "\(storyboard.frames) frames at \(storyboard.fps) fps, \(length)",
            "\(counted(plan.depths, "depth")), \(counts.joined(separator: " + ")) \(plan.segmentCount == 1 ? "segment" : "segments") of \(plan.segmentFrames) frames",
        ]
    }

    /// Every prompt, with the depth whose frames first see it: a short one is decided late, where only its neighbours
    /// can still answer to it.
    private static func shots(_ storyboard: Storyboard, _ plan: RenderPlan) -> [String] {
        let rows = storyboard.shots.indices.prefix(listedPrompts).map { index -> [String] in
            let shot = storyboard.shots[index]
            let depth = firstDepth(seeing: index, storyboard, plan)
            return ["\(index + 1)", time(shot.start, storyboard), "f\(shot.start)", "\(depth)", shot.prompt]
        }
        return ["prompts"] + table(header: ["no", "from", "frame", "seen from depth", "prompt"], rows)
            + more(storyboard.shots.count - rows.count, "prompts")
    }

    private static func global(_ storyboard: Storyboard, _ plan: RenderPlan) -> [String] {
        let keyframes = plan.segment(.global).frames
        let inside = keyframes.filter { $0 < storyboard.frames }
        let rows = inside.map { frame -> [String] in
            let shot = storyboard.shotIndex(at: frame)
            return [
                time(frame, storyboard), "f\(frame)", "\(shot + 1)", storyboard.shots[shot].prompt,
            ]
        }
        return [title(0, storyboard, plan)] + table(header: ["at", "frame", "no", "prompt"], rows)
            + more(keyframes.count - inside.count, "beyond the end, which see the last prompt and are cut")
    }

    /// Runs of segments that see the same prompts, each as one row.
    private static func local(_ storyboard: Storyboard, _ plan: RenderPlan, depth: Int) -> [String] {
        var ranges: [(segments: ClosedRange<Int>, shots: ClosedRange<Int>, end: Int)] = []
        for segment in plan.segments(atDepth: depth) {
            let index = segment.id.index
            let last = min(segment.frames[segment.frames.count - 1], storyboard.frames - 1)
            let shots = storyboard.shotIndex(at: segment.frames[0])...storyboard.shotIndex(at: last)
            if let previous = ranges.last, previous.shots == shots {
                ranges[ranges.count - 1] = (previous.segments.lowerBound...index, shots, last)
            } else {
                ranges.append((index...index, shots, last))
            }
        }
        let rows = ranges.prefix(listedRanges).map { range -> [String] in
            let first = SegmentID(depth: depth, index: range.segments.lowerBound)
            let last = SegmentID(depth: depth, index: range.segments.upperBound)
            let start = plan.segment(first).frames[0]
            return [
                range.segments.count == 1 ? "\(first)" : "\(first)-\(last)",
                "\(time(start, storyboard))-\(time(range.end, storyboard))",
                "f\(start)-f\(range.end)",
                range.shots.count == 1
                    ? "\(range.shots.lowerBound + 1)" : "\(range.shots.lowerBound + 1)-\(range.shots.upperBound + 1)",
                prompts(range.shots, storyboard),
            ]
        }
        return [title(depth, storyboard, plan)]
            + table(header: ["segments", "from-to", "frames", "no", "prompts"], rows)
            + more(ranges.count - rows.count, "ranges of segments")
    }

    // MARK: Parts

    /// One prompt, or the beginnings of the first and the last; the list of prompts above has them whole.
    private static func prompts(_ shots: ClosedRange<Int>, _ storyboard: Storyboard) -> String {
        let ends = [shots.lowerBound, shots.upperBound].map { storyboard.shots[$0].prompt }
        return shots.count == 1 ? ends[0] : ends.map { $0.clipped(to: 22) }.joined(separator: " → ")
    }

    private static func more(_ count: Int, _ noun: String) -> [String] {
        count > 0 ? ["  … and \(count) more \(noun)"] : []
    }

    private static func title(_ depth: Int, _ storyboard: Storyboard, _ plan: RenderPlan) -> String {
        let stride = plan.stride(atDepth: depth)
        let distance = stride == 1 ? "every frame" : "every \(stride) frames (\(time(stride, storyboard)))"
        return "depth \(depth): \(counted(plan.segmentCount(atDepth: depth), "segment")), a picture \(distance)"
    }

    /// The coarsest depth at which some segment has a frame of this shot.
    private static func firstDepth(seeing shot: Int, _ storyboard: Storyboard, _ plan: RenderPlan) -> Int {
        let start = storyboard.shots[shot].start
        let end = shot + 1 < storyboard.shots.count ? storyboard.shots[shot + 1].start : storyboard.frames
        return (0..<plan.finestDepth).first { depth in
            let stride = plan.stride(atDepth: depth)
            let next = (start + stride - 1) / stride * stride
            return next < end
        } ?? plan.finestDepth
    }

    private static func time(_ frame: Int, _ storyboard: Storyboard) -> String {
        Timecode(frame: frame, fps: storyboard.fps).tabular
    }

    /// Columns as wide as their widest cell, indented; the last one is cut at the right edge.
    private static func table(header: [String], _ rows: [[String]]) -> [String] {
        let all = [header] + rows
        let widths = header.indices.dropLast().map { column in all.map { $0[column].cellWidth }.max() ?? 0 }
        return all.map { row in
            let cells = zip(row, widths).map { $0.padded(to: $1) }
            let left = "  " + cells.joined(separator: "  ") + "  "
            return left + row[row.count - 1].printable.clipped(to: width - left.cellWidth)
        }
    }
}
