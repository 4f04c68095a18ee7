import Jobs
package import Terminal

/// `nuwactl status` as people read it.
package struct StatusText {
    private let style: TextStyle

    package init(style: TextStyle) {
        self.style = style
    }

    package func page(_ report: StatusReport) -> String {
        var parts = [head(report)]
        if !report.warnings.isEmpty {
            parts.append(report.warnings.map { style.paint("warning: ", .yellow) + $0 }.joined(separator: "\n"))
        }
        if !report.jobs.isEmpty {
            let jobs = JobText(style: style)
            let unlisted = report.unfinished - report.jobs.count
            let more = unlisted > 0 ? ["      … and \(unlisted) more; `nuwactl list --all` shows all"] : []
            parts.append((report.jobs.map(jobs.block) + more).joined(separator: "\n"))
        }
        return parts.joined(separator: "\n\n")
    }

    private func head(_ report: StatusReport) -> String {
        let counts = JobState.Name.allCases.compactMap { state in
            report.count(state) > 0 ? "\(report.count(state)) \(state.rawValue)" : nil
        }
        let jobs =
            ["jobs     " + (counts.isEmpty ? "none yet" : counts.joined(separator: ", "))] + mode(report)
            + turns(report)
        guard let daemon = report.daemon else {
            return ([style.bold("nuwad does not run; this is from its database")] + jobs).joined(separator: "\n")
        }
        let model = daemon.model
        let lines = [
            style.bold("nuwad \(daemon.version)") + "  process \(daemon.pid), since \(style.time(daemon.started))",
            "model    \(model.name): \(model.width)x\(model.height), \(model.segmentFrames) frames a segment, \(model.precision)",
            "workers  \(daemon.busy) of \(daemon.workers) at work" + (daemon.instructions.map { ", on \($0)" } ?? ""),
            "spool    \(daemon.spool)",
            "films    \(daemon.films)",
        ]
        return (lines + jobs).joined(separator: "\n")
    }

    private func mode(_ report: StatusReport) -> [String] {
        let mode = report.mode
        guard mode.name != .rendering else { return [] }
        let since = mode.since.map { ", since \(style.time($0))" } ?? ""
        let meaning =
            mode.name == .paused
            ? "nothing is rendered until `nuwactl resume`" : "what runs is finished, then nuwad stops"
        return ["mode     " + style.paint("\(mode.name)", .yellow) + " by \(mode.by ?? "somebody")\(since): \(meaning)"]
    }

    /// Whose turn is next, where several share the machine.
    private func turns(_ report: StatusReport) -> [String] {
        guard report.owners.count > 1 else { return [] }
        let owners = report.owners.map { "\($0.name) (\($0.running) running, \($0.queued) queued)" }
        return ["turns    " + owners.joined(separator: ", then ")]
    }
}
