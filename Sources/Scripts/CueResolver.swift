/// Turns the keys of cues into film frames and checks that they lie in order and inside the film.
struct CueResolver {
    let name: String
    let cues: [Cue]
    /// `nil` where the script does not say; percentages then stay unresolved.
    let frames: Int?
    let fps: Int
    /// Whether `frames` is to be measured against: beyond a limit it says nothing about the cues.
    let lengthIsGood: Bool

    func resolve() -> (shots: [Shot], diagnostics: [Diagnostic]) {
        var shots: [Shot] = []
        var diagnostics: [Diagnostic] = []
        for cue in cues {
            guard let frame = cue.key.frame(fps: fps, frames: frames) else { continue }
            if let beyond = beyondTheEnd(cue, frame) {
                diagnostics.append(beyond)
                continue
            }
            if let before = shots.last, frame <= before.start {
                diagnostics.append(disorder(cue, frame, before))
            }
            shots.append(Shot(start: frame, prompt: cue.prompt, place: cue.promptPlace))
        }
        if let first = cues.first, let shot = shots.first, shot.place == first.promptPlace, shot.start > 0 {
            diagnostics.append(lateStart(first))
            shots[0].start = 0
        }
        return (shots, diagnostics)
    }

    private func diagnostic(
        _ severity: Diagnostic.Severity = .error, at place: SourcePlace, _ message: String, _ remedy: String
    ) -> Diagnostic {
        Diagnostic(severity: severity, name: name, place: place, message: message, remedy: remedy)
    }

    private func key(_ cue: Cue) -> String {
        let place = cue.keyPlace
        return String(place.text.dropFirst(place.column - 1).prefix(place.length))
    }

    private func beyondTheEnd(_ cue: Cue, _ frame: Int) -> Diagnostic? {
        guard let frames, lengthIsGood, frame >= frames else { return nil }
        let end = Timecode(frame: frames, fps: fps).tabular
        return diagnostic(
            at: cue.keyPlace,
            "'\(key(cue))' is beyond the end: the film ends at \(end), its last frame is f\(frames - 1)",
            "start the prompt earlier, or make the film longer")
    }

    private func disorder(_ cue: Cue, _ frame: Int, _ before: Shot) -> Diagnostic {
        let line = "line \(before.place.line)"
        if frame == before.start {
            return diagnostic(
                at: cue.keyPlace, "two prompts start at frame \(frame): this one and that of \(line)",
                "keep one, or let the second start a frame later, at 'f\(frame + 1)'")
        }
        return diagnostic(
            at: cue.keyPlace, "'\(key(cue))' is frame \(frame), before frame \(before.start) of \(line)",
            "put the prompts in the order of time")
    }

    private func lateStart(_ cue: Cue) -> Diagnostic {
        diagnostic(
            .warning, at: cue.keyPlace, "no prompt starts at 0:00; the first one is used from there on",
            "write '0:00' instead of '\(key(cue))', or add a prompt for the beginning")
    }
}
