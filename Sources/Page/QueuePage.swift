import Jobs
package import Reports
import Terminal

/// All films: what is being made, what waits and why, and the newest that are done.
package struct QueuePage {
    private let status: StatusReport
    private let over: [JobReport]
    private let isFirst: Bool
    private let hasOlder: Bool

    /// - Parameters:
    ///   - over: jobs that are over, newest first
    ///   - isFirst: whether these are the newest; else the page shows them alone
    ///   - hasOlder: whether there are older ones than these
    package init(_ status: StatusReport, over: [JobReport], isFirst: Bool, hasOlder: Bool) {
        self.status = status
        self.over = over
        self.isFirst = isFirst
        self.hasOlder = hasOlder
    }

    package var html: String {
        Layout(
            title: title, outlook: status.unfinished > 0 ? .soon : .someday,
            main: """
                <h1 class="quiet">Films</h1>
                \(head)
                \(making)
                <section aria-labelledby="over" id="finished" data-live>
                <h2 id="over">Over</h2>
                \(finished)
                </section>
                """
        ).html
    }

    private var title: String {
        guard let first = status.jobs.first, first.state == .running else { return "nuwa" }
        return "\(percentText(first.fraction)) \(first.name) · nuwa"
    }

    private var head: Markup {
        let mode: Markup? =
            status.mode.name == .rendering
            ? nil
            : "<p class=\"notice\">nuwad is \(status.mode.name.rawValue) by \(status.mode.by ?? "somebody").</p>"
        let warnings = status.warnings.map { warning -> Markup in "<p class=\"notice\">\(warning)</p>" }
        let daemon: Markup? = status.daemon.map { daemon in
            """
            <p class="facts">nuwad \(daemon.version) · model \(daemon.model.name), \(daemon.model.width)×\(daemon.model.height), \
            \(daemon.model.precision) · \(daemon.busy) of \(daemon.workers) workers at work</p>
            """
        }
        return "<div id=\"head\" data-live>\(daemon)\(mode)\(warnings)</div>"
    }

    private var making: Markup? {
        guard isFirst else { return nil }
        return """
            <section aria-labelledby="queue" id="unfinished" data-live>
            <h2 id="queue">In the making</h2>
            \(unfinished)
            </section>
            """
    }

    private var unfinished: Markup {
        guard !status.jobs.isEmpty else {
            let spool = status.daemon?.spool ?? "the spool"
            return "<p class=\"empty\">Nothing. Drop a script into <code>\(spool)</code>.</p>"
        }
        let unlisted = status.unfinished - status.jobs.count
        let more: Markup? = unlisted > 0 ? "<p class=\"facts\">… and \(unlisted) more.</p>" : nil
        return "<ol class=\"jobs\">\(status.jobs.map(card))</ol>\(more)"
    }

    private var finished: Markup {
        guard let oldest = over.last else {
            return "<p class=\"empty\">\(isFirst ? "No film yet." : "No older ones.")</p>"
        }
        let newer: Markup? = isFirst ? nil : "<a href=\"/\">The newest</a>"
        let older: Markup? = hasOlder ? "<a href=\"/?before=\(oldest.id)\" rel=\"next\">Older ones</a>" : nil
        return "<ol class=\"jobs\">\(over.map(card))</ol><p class=\"pages\">\(newer) \(older)</p>"
    }

    private func card(_ job: JobReport) -> Markup {
        let depths: Markup? =
            job.depths.isEmpty || [.done, .queued, .cancelled].contains(job.state)
            ? nil : "<ul class=\"depths\">\(job.depths.map(bar))</ul>"
        return """
            <li class="job \(job.state.rawValue)">
            <a href="/jobs/\(job.id)"><span class="name">\(job.name)</span></a>
            <span class="chip \(job.state.rawValue)">\(job.stateWord)</span>
            <span class="standing">\(job.standing)</span>
            <span class="facts">job \(job.id) · \(job.owner) · \(job.length)</span>
            \(depths)
            </li>
            """
    }

    private func bar(_ depth: DepthReport) -> Markup {
        """
        <li><span>depth \(depth.depth)</span>\
        <progress max="1" value="\(Markup.number(depth.fraction))" aria-label="depth \(depth.depth)"></progress>\
        <span>\(depth.done)/\(depth.segments)</span></li>
        """
    }
}
