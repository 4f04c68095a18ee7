import Foundation
import Jobs
import Reports
import Scripts
import Terminal

// Numbers as nuwactl words them; states as the page's reader meets them.

extension JobReport {
    /// As nuwactl has it, but that a reader of the page approves here.
    var standing: String {
        hold == .approval ? "its keyframes wait for your word" : standing(clock: TextStyle.Clock.local.timeOfDay) ?? ""
    }

    /// What the state is called here: a held job says what it waits for.
    var stateWord: String { hold == .approval ? "to approve" : state.rawValue }

    /// Its film without its folder.
    var filmName: String? { film.map { ($0 as NSString).lastPathComponent } }

    var length: String { "\(lengthText(frames: frames, fps: fps)) (\(frames) frames)" }
}

/// When a frame is shown: `0:12.50`.
func timeText(_ frame: Int, fps: Int) -> String { Timecode(frame: frame, fps: max(1, fps)).tabular }
