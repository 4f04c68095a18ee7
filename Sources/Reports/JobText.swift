package import Foundation
import Jobs
package import Terminal

/// Jobs as people read them.
package struct JobText {
    private let style: TextStyle

    package init(style: TextStyle) {
        self.style = style
    }

    /// `running  61 %, 1m05s left`; `queued  waits: 2 jobs are before it`; `failed  no room to write …`
    func standing(_ job: JobReport) -> String {
        style.paint(job.state.rawValue, colour(of: job.state))
            + (job.standing(clock: style.time).map { "  \($0)" } ?? "")
    }

    /// The job in one line, and its depths below it where it runs.
    package func block(_ job: JobReport) -> String {
        let number = "\(job.id)".leftPadded(to: 4)
        let head = "\(style.bold(number))  \(style.fit(job.name, 28))  \(standing(job))"
        let depths =
            job.state == .running || job.state == .blocked ? job.depths.map { "      " + depth($0, of: job) } : []
        return ([head] + depths).joined(separator: "\n")
    }

    /// `depth 1  every 15th frame   7/15  ████░░░░  46 %  2 at work`
    func depth(_ depth: DepthReport, of job: JobReport) -> String {
        let widest = job.depths.map { "\($0.segments)".count }.max() ?? 1
        let count = "\(depth.done)/\(depth.segments)".leftPadded(to: 2 * widest + 1)
        var line = "depth \(depth.depth)  \(spacingText(depth.stride).padded(to: 17))  \(count)  "
        line += style.paint(style.bar(depth.fraction, cells: 24), depth.failed > 0 ? .red : .blue)
        line += " \(percentText(depth.fraction).leftPadded(to: 5))"
        if depth.running > 0 { line += "  \(depth.running) at work" }
        if depth.failed > 0 { line += "  \(depth.failed) failed" }
        return line
    }

    /// Everything about one job.
    package func page(_ job: JobReport) -> String {
        var facts: [(String, String)] = [
            ("state", standing(job)),
            ("owner", job.owner),
            ("length", "\(job.frames) frames at \(job.fps) a second: \(lengthText(frames: job.frames, fps: job.fps))"),
            ("seed", "\(job.seed)"),
            ("priority", "\(job.priority)"),
            ("accepted", style.time(job.accepted)),
        ]
        if let edit = edit(job) { facts.append(("edit of", edit)) }
        if let started = job.started { facts.append(("started", style.time(started))) }
        if let finished = job.finished { facts.append(("finished", style.time(finished))) }
        if let film = job.film { facts.append(("film", film)) }
        var parts = [style.bold("job \(job.id)  \(job.name)"), factLines(facts)]
        if !job.depths.isEmpty { parts.append(job.depths.map { depth($0, of: job) }.joined(separator: "\n")) }
        if let warnings = job.warnings, !warnings.isEmpty {
            parts.append("warnings\n" + warnings.map { "    " + finding($0) }.joined(separator: "\n"))
        }
        if let script = job.script {
            let lines = script.split(separator: "\n", omittingEmptySubsequences: false).map {
                $0.isEmpty ? "" : "    \($0)"
            }
            parts.append("script\n" + lines.joined(separator: "\n").trimmingSuffix("\n"))
        }
        return parts.joined(separator: "\n\n")
    }

    /// `job 3: 15 of 16 keyframes stay`
    package func edit(_ job: JobReport) -> String? {
        job.editOf.map { "job \($0)" + (job.takenOver.map { ": \($0)" } ?? "") }
    }

    private func finding(_ finding: Finding) -> String {
        "line \(finding.line): \(finding.message)" + (finding.remedy.map { "; \($0)" } ?? "")
    }

    /// All jobs, a line each.
    package func table(_ jobs: [JobReport]) -> String {
        guard !jobs.isEmpty else { return "no jobs: drop a script into the spool" }
        let nameWidth = min(24, max(6, jobs.map(\.name.cellWidth).max() ?? 6))
        func row(_ id: String, _ name: String, _ state: String, _ length: String, _ rest: String) -> String {
            "\(id.leftPadded(to: 4))  \(style.fit(name, nameWidth).padded(to: nameWidth))  \(state)  \(length.leftPadded(to: 7))  \(rest)"
        }
        let columns = "progress".padded(to: 18) + "  left"
        let header = row("job", "script", "state".padded(to: 9), "length", columns)
        let room = style.width - (header.cellWidth - columns.cellWidth)
        return
            ([header]
            + jobs.map { job in
                let state = style.paint(job.state.rawValue.padded(to: 9), colour(of: job.state))
                return row(
                    "\(job.id)", job.name, state, lengthText(frames: job.frames, fps: job.fps), progress(job, room))
            }).joined(separator: "\n")
    }

    private func progress(_ job: JobReport, _ room: Int) -> String {
        switch job.state {
        case .running:
            let left = job.remainingSeconds.map { "  \(durationText(max(1, $0)))" } ?? ""
            return style.paint(style.bar(job.fraction, cells: 12), .blue)
                + " \(percentText(job.fraction).leftPadded(to: 5))\(left)"
        case .done:
            return style.fit(job.film.map { ($0 as NSString).lastPathComponent } ?? "", room)
        case .queued, .held, .blocked, .failed, .cancelled:
            return style.fit(job.standing(clock: style.time) ?? "", room)
        }
    }

    /// The same columns for every kind of fact: `seed      42`
    private func factLines(_ facts: [(String, String)]) -> String {
        facts.map { "\($0.0.padded(to: 9)) \($0.1)" }.joined(separator: "\n")
    }

    private func colour(of state: JobState.Name) -> TextStyle.Colour? {
        switch state {
        case .queued: nil
        case .running: .blue
        case .held, .blocked, .cancelled: .yellow
        case .done: .green
        case .failed: .red
        }
    }
}

private func zip<A, B>(_ a: A?, _ b: B?) -> (A, B)? {
    guard let a, let b else { return nil }
    return (a, b)
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: Character) -> String {
        String(self[..<(lastIndex { $0 != suffix }.map(index(after:)) ?? startIndex)])
    }
}

/// `every frame`, `every 15th frame`
package func spacingText(_ stride: Int) -> String {
    if stride == 1 { return "every frame" }
    let suffix =
        switch (stride % 100, stride % 10) {
        case (11...13, _): "th"
        case (_, 1): "st"
        case (_, 2): "nd"
        case (_, 3): "rd"
        default: "th"
        }
    return "every \(stride)\(suffix) frame"
}

extension JobReport {
    /// How it stands, without its state's name: how far it is, or why it waits and until when, or how long it took; nil where there is
    /// nothing to say.
    /// - Parameter clock: how a time of day is written
    package func standing(clock: (Date) -> String) -> String? {
        let parts: [String?] =
            switch state {
            case .running: [percentText(fraction) + (remainingSeconds.map { ", \(leftText($0))" } ?? ""), reason]
            case .done: [zip(started, finished).map { "took \(durationText($1.timeIntervalSince($0)))" }]
            case .queued, .held, .blocked, .failed, .cancelled:
                [
                    reason, remainingSeconds.map { "its film in about \(durationText($0))" },
                    until.map { "tried again at \(clock($0))" },
                ]
            }
        let said = parts.compactMap(\.self)
        return said.isEmpty ? nil : said.joined(separator: "; ")
    }
}
