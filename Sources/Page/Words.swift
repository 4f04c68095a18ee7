import Foundation
import Jobs
import Reports
import Terminal

// Numbers as nuwactl words them; states as the page's reader meets them.

extension JobReport {
    /// As nuwactl has it, but that a reader of the page approves here.
    var standing: String {
        hold == .approval ? "its keyframes wait for your word" : standing(clock: clock) ?? ""
    }

    /// What the state is called here: a held job says what it waits for.
    var stateWord: String { hold == .approval ? "to approve" : state.rawValue }

    /// Its film without its folder.
    var filmName: String? { film.map { ($0 as NSString).lastPathComponent } }

    var length: String { "\(lengthText(frames: frames, fps: fps)) (\(frames) frames)" }
}

/// `14:03:22`, in the daemon's time zone.
func clock(_ date: Date) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "HH:mm:ss"
    return formatter.string(from: date)
}

/// A frame's time in the film: `0:12.5`.
func timeText(_ frame: Int, fps: Int) -> String {
    let tenths = frame * 10 / max(1, fps)
    let (minutes, rest) = (tenths / 600, tenths % 600)
    return "\(minutes):\(rest / 100)\(rest / 10 % 10).\(rest % 10)"
}
