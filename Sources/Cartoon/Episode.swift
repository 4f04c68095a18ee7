package import Pictures

/// A deterministic cartoon: the same seed and lengths give the same plot, captions and truth everywhere, and the same pictures wherever Cairo is the same.
///
/// Values are cheap to copy, and every frame can be asked for in any order, from any thread.
package struct Episode: Sendable {
    package let seed: UInt64
    package let frames: Int
    package let fps: Int
    let setups: [Setup]
    /// Where one content ends and the next begins, in frames of the episode.
    let stretches: [Stretch]

    /// Frames of one setup in which everybody does the same all along, so that one prompt tells them all.
    struct Stretch {
        let setup: Int
        /// Of the episode.
        let frames: Range<Int>
    }

    /// - Precondition: `frames` and `fps` are at least 1.
    package init(seed: UInt64, frames: Int = 3376, fps: Int = 24) {
        precondition(frames >= 1 && fps >= 1, "an episode needs at least one frame and one frame a second")
        self.seed = seed
        self.frames = frames
        self.fps = fps
        setups = Plot.setups(seed: seed, frames: frames, fps: fps)
        stretches = setups.flatMap { setup in
            setup.stretches.map {
                Stretch(setup: setup.index, frames: setup.start + $0.lowerBound..<setup.start + $0.upperBound)
            }
        }
    }

    /// How many setups the episode has.
    package var setupCount: Int { setups.count }

    /// The stretch of frames around `frame` in which the content is the same: what a caption tells holds for all of them.
    /// Frames outside the episode count as its first or last.
    package func stretch(at frame: Int) -> Range<Int> { find(frame).frames }

    /// What a viewer would say is seen at a frame, as the `wording`-th viewer says it: all wordings of a stretch tell the same.
    /// Frames outside the episode count as its first or last.
    package func caption(at frame: Int, wording: Int = 0) -> String {
        let stretch = find(frame)
        let setup = setups[stretch.setup]
        let inner = stretch.frames.lowerBound - setup.start..<stretch.frames.upperBound - setup.start
        return Captions.caption(of: setup, frames: inner, seed: seed, wording: wording)
    }

    /// What is in the picture at a frame, exactly. Frames outside the episode count as its first or last.
    package func truth(at frame: Int) -> Truth {
        let (setup, inner) = locate(frame)
        let camera = setup.camera(at: inner)
        let figures = setup.roles.sorted { $0.lane < $1.lane }.map { role in
            let (beat, x) = setup.moment(of: role, at: inner)
            let rhythm = setup.rhythm(of: role, in: beat, at: inner, fps: fps)
            let rise = beat.action == .jump ? Rhythm.jump(at: rhythm).rise : 0
            return Truth.Figure(
                name: role.character, x: rounded(x - camera), y: rounded(Rhythm.floor(lane: role.lane) - rise),
                action: beat.action, facing: beat.facing)
        }
        return Truth(
            setup: setup.index, place: setup.place, time: setup.time, weather: setup.weather, camera: rounded(camera),
            characters: figures)
    }

    /// The picture at a frame, in any size in pixels; the stage has a ratio of 5:3, and other ratios cut off its sides or its sky. Frames outside
    /// the episode count as its first or last.
    /// - Throws: `PictureError` where it is larger than can be drawn
    package func image(at frame: Int, width: Int, height: Int) throws -> Image {
        try image(at: frame, width: width, height: height) { _ in true }
    }

    private func image(at frame: Int, width: Int, height: Int, shown: (CartoonCharacter) -> Bool) throws -> Image {
        let (setup, inner) = locate(frame)
        let surface = try Surface(width: width, height: height)
        let canvas = Canvas(context: surface.context, width: width, height: height)
        let clock = seconds(max(0, min(frames - 1, frame)))
        canvas.draw(setup: setup, frame: inner, fps: fps, clock: clock, shown: shown)
        return surface.image()
    }

    /// How much of each character is to be seen: the share of its pixels, in a picture of 160x96, that nobody in front of it covers, 0 to 1.
    /// In the order of ``Truth/characters``.
    /// - Throws: `PictureError`
    package func visibility(at frame: Int) throws -> [Double] {
        let cast = truth(at: frame).characters
        func picture(_ shown: (CartoonCharacter) -> Bool) throws -> Image {
            try image(at: frame, width: 160, height: 96, shown: shown)
        }
        let (all, nobody) = (try picture { _ in true }, try picture { _ in false })
        return try cast.map { figure in
            let whole = Self.changed(try picture { $0 == figure.name }, nobody)
            let seen = Self.changed(all, try picture { $0 != figure.name })
            return min(1, Double(seen) / Double(max(1, whole)))
        }
    }

    /// The number of pixels in which two pictures of one size differ.
    private static func changed(_ one: Image, _ other: Image) -> Int {
        stride(from: 0, to: one.pixels.count, by: 3).count { at in
            (0..<3).contains { one.pixels[at + $0] != other.pixels[at + $0] }
        }
    }

    private func locate(_ frame: Int) -> (setup: Setup, inner: Int) {
        let setup = setups[find(frame).setup]
        return (setup, max(0, min(frames - 1, frame)) - setup.start)
    }

    private func find(_ frame: Int) -> Stretch {
        let frame = max(0, min(frames - 1, frame))
        var low = 0
        var high = stretches.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if stretches[middle].frames.lowerBound <= frame { low = middle } else { high = middle - 1 }
        }
        return stretches[low]
    }

    private func seconds(_ frame: Int) -> Double {
        Double(frame) / Double(fps)
    }

    /// Five digits are a thousandth of a pixel, and short in JSON.
    private func rounded(_ value: Double) -> Double {
        (value * 100_000).rounded() / 100_000
    }
}
