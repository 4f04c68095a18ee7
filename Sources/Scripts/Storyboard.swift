/// One prompt per frame: what the film shows, and when.
package struct Storyboard: Sendable, Equatable {
    package let frames: Int
    package let fps: Int
    /// In the order of time, the first at frame 0, no two at one frame.
    package let shots: [Shot]

    /// Throws a `StoryboardError` unless there are two frames or more, and `shots` are as described there.
    package init(frames: Int, fps: Int, shots: [Shot]) throws(StoryboardError) {
        guard frames >= 2 else { throw .tooShort(frames: frames) }
        guard (1...120).contains(fps) else { throw .framesPerSecond(fps) }
        guard let first = shots.first, first.start == 0 else { throw .noShotAtStart }
        for (before, shot) in zip(shots, shots.dropFirst()) where shot.start <= before.start {
            throw .disorder(frame: shot.start, after: before.start)
        }
        if let last = shots.last, last.start >= frames { throw .beyondTheEnd(frame: last.start, frames: frames) }
        self.frames = frames
        self.fps = fps
        self.shots = shots
    }

    /// The prompt at a film frame. Frames beyond the film, which an overhanging segment has, see the last prompt.
    package func prompt(at frame: Int) -> String { shots[shotIndex(at: frame)].prompt }

    /// The index in `shots` of the shot that holds at a film frame; frames outside see the first or the last.
    package func shotIndex(at frame: Int) -> Int {
        var low = 0
        var high = shots.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if shots[middle].start <= frame { low = middle } else { high = middle }
        }
        return low
    }
}

/// A prompt and the film frame at which it begins to hold.
package struct Shot: Sendable, Equatable {
    package var start: Int
    package var prompt: String
    /// Where the prompt stands in its script.
    package var place: PromptPlace

    package init(start: Int, prompt: String, place: PromptPlace) {
        self.start = start
        self.prompt = prompt
        self.place = place
    }
}

/// Why shots do not make a storyboard.
package enum StoryboardError: Error, Equatable, CustomStringConvertible {
    case tooShort(frames: Int)
    case framesPerSecond(Int)
    case noShotAtStart
    case disorder(frame: Int, after: Int)
    case beyondTheEnd(frame: Int, frames: Int)

    package var description: String {
        switch self {
        case .tooShort(let frames): "a storyboard of \(frames) frames; it needs at least 2"
        case .framesPerSecond(let fps): "a storyboard at \(fps) frames per second; 1 to 120 are possible"
        case .noShotAtStart: "no shot starts at frame 0; the first one must"
        case .disorder(let frame, let after):
            "a shot at frame \(frame) follows one at frame \(after); put them in order"
        case .beyondTheEnd(let frame, let frames):
            "a shot at frame \(frame) of a film that ends with frame \(frames - 1)"
        }
    }
}
