/// The settings of a script.
enum SettingName: String, CaseIterable {
    case seed, length, frames, fps, model, priority

    /// Names that people know from other tools.
    private static let synonyms: [String: SettingName] = [
        "duration": .length, "time": .length, "frame": .frames, "framecount": .frames, "rate": .fps,
        "framerate": .fps, "prio": .priority, "weights": .model, "random": .seed,
    ]

    /// The setting that a misspelt word means, if that is plain.
    static func meant(by word: String) -> SettingName? {
        guard word.utf8.count <= 60 else { return nil }
        let lower = word.plain.lowercased()
        if let exact = SettingName(rawValue: lower) ?? synonyms[lower] { return exact }
        return nearWords(to: lower, among: allCases.map(\.rawValue), count: 1).first.flatMap(SettingName.init)
    }

    /// A right line, to show in a remedy.
    var example: String {
        switch self {
        case .seed: "seed 42"
        case .length: "length 2m20s"
        case .frames: "frames 3376"
        case .fps: "fps 24"
        case .model: "model cartoon"
        case .priority: "priority 10"
        }
    }
}
