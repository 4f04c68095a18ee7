import Terminal

extension Script {
    /// The script in nuwa's own format; reading it gives the same script again, but for the places.
    ///
    /// A prompt with a `#` between blanks, which would begin a comment, cannot be written so; the readers of other formats leave it out.
    package var text: String {
        let settings =
            [
                seed.map { "seed \($0)" }, length.setting, "fps \(fps)", model.map { "model \($0)" },
                priority == 0 ? nil : "priority \(priority)", hold ? "hold" : nil,
            ].compactMap { $0 }
        let keys = cues.map(\.key.text)
        let width = keys.map(\.cellWidth).max() ?? 0
        let prompts = zip(keys, cues).map { key, cue in key.padded(to: width + 3) + cue.prompt }
        return (settings + [""] + prompts).joined(separator: "\n") + "\n"
    }
}

extension ScriptLength {
    fileprivate var setting: String {
        switch self {
        case .time(let time): "length \(time)"
        case .frames(let count): "frames \(count)"
        }
    }
}

extension CueKey {
    /// As it is written in a script.
    package var text: String {
        switch self {
        case .time(let time): "\(time)"
        case .frame(let frame): "f\(frame)"
        case .percent(let percent): (percent == percent.rounded() ? "\(Int(percent))" : "\(percent)") + "%"
        }
    }
}
