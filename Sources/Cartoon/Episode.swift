package import Pictures

/// A deterministic cartoon: the same seed and lengths give the same plot, captions and truth everywhere, and the same pictures wherever Cairo is the same.
///
/// Values are cheap to copy, and every frame can be asked for in any order, from any thread.
package struct Episode: Sendable {
    package let seed: UInt64
    package let frames: Int
    package let fps: Int
    let shots: [Shot]
    /// For each shot, captions with the frame of the shot from which each holds; the first holds from 0.
    let captions: [[(start: Int, text: String)]]

    /// - Precondition: `frames` and `fps` are at least 1.
    package init(seed: UInt64, frames: Int = 3376, fps: Int = 24) {
        precondition(frames >= 1 && fps >= 1, "an episode needs at least one frame and one frame a second")
        self.seed = seed
        self.frames = frames
        self.fps = fps
        shots = Plot.shots(seed: seed, frames: frames, fps: fps)
        captions = shots.map { Captions.captions(for: $0, seed: seed) }
    }

    /// How many shots the episode has.
    package var shotCount: Int { shots.count }

    /// The frames of shot `index`.
    package func frames(ofShot index: Int) -> Range<Int> {
        shots[index].start..<shots[index].start + shots[index].frames
    }

    /// What a viewer would say is seen at a frame. Frames outside the episode count as its first or last.
    package func caption(at frame: Int) -> String {
        let (shot, inner) = locate(frame)
        let texts = captions[shot.index]
        return texts.last { $0.start <= inner }?.text ?? texts[0].text
    }

    /// What is in the picture at a frame, exactly. Frames outside the episode count as its first or last.
    package func truth(at frame: Int) -> Truth {
        let (shot, inner) = locate(frame)
        let camera = shot.camera(at: inner)
        let figures = shot.roles.sorted { $0.lane < $1.lane }.map { role in
            let (beat, x) = shot.moment(of: role, at: inner)
            let rhythm = shot.rhythm(of: role, in: beat, at: inner, fps: fps)
            let rise = beat.action == .jump ? Rhythm.jump(at: rhythm).rise : 0
            return Truth.Figure(
                name: role.character, x: rounded(x - camera), y: rounded(Rhythm.floor(lane: role.lane) - rise),
                action: beat.action, facing: beat.facing)
        }
        return Truth(
            shot: shot.index, place: shot.place, time: shot.time, weather: shot.weather, camera: rounded(camera),
            characters: figures)
    }

    /// The picture at a frame, in any size; the stage has a ratio of 5:3, and other ratios cut off its sides or its sky.
    package func image(at frame: Int, width: Int = 160, height: Int = 96) throws -> Image {
        let (shot, inner) = locate(frame)
        let surface = try Surface(width: width, height: height)
        let canvas = Canvas(context: surface.context, width: width, height: height)
        canvas.draw(shot: shot, frame: inner, fps: fps, clock: seconds(max(0, min(frames - 1, frame))))
        return surface.image()
    }

    private func locate(_ frame: Int) -> (shot: Shot, inner: Int) {
        let frame = max(0, min(frames - 1, frame))
        var low = 0
        var high = shots.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if shots[middle].start <= frame { low = middle } else { high = middle - 1 }
        }
        return (shots[low], frame - shots[low].start)
    }

    private func seconds(_ frame: Int) -> Double {
        Double(frame) / Double(fps)
    }

    /// Five digits are a thousandth of a pixel, and short in JSON.
    private func rounded(_ value: Double) -> Double {
        (value * 100_000).rounded() / 100_000
    }
}
