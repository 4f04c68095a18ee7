import Jobs
package import Reports
import Terminal

/// One film while it grows: the tree of its segments, the frames of each depth, its script, and the film itself.
package struct JobPage {
    /// What the one who looks may have done with it, in the order of the buttons.
    package enum Deed: String, Sendable, CaseIterable {
        case approve, reseed, hold, holdAtKeyframes, release, retry, cancel
    }

    /// Who looks, and what he may have done.
    package enum Access: Sendable, Equatable {
        case steers([Deed])
        /// Nobody vouches for him.
        case stranger
        /// It is somebody else's.
        case looksOn
    }

    private let job: JobReport
    private let tree: TreeReport?
    private let lag: Int
    private let facts: ProvenanceFacts?
    private let access: Access
    private let complaint: String?

    /// - Parameters:
    ///   - tree: nil where the job's model is not at hand
    ///   - lag: by how many frames the growing film is shown later than it lies in the film
    ///   - provenance: what the film of a job that is done says of itself
    ///   - complaint: why what the reader asked for did not happen
    package init(
        _ job: JobReport, tree: TreeReport?, lag: Int, provenance: ProvenanceFacts?, access: Access,
        complaint: String?
    ) {
        self.job = job
        self.tree = tree
        self.lag = lag
        facts = provenance
        self.access = access
        self.complaint = complaint
    }

    package var html: String {
        Layout(
            title: "\(job.state == .running ? percentText(job.fraction) + " " : "")\(job.name) · nuwa",
            outlook: job.state.isOver ? .never : .soon,
            main: """
                \(head)
                <div class="stage">
                \(player)
                \(script)
                </div>
                \(tree.map(TreeView.init).map { view in view.markup(reseeding: deeds.contains(.reseed) ? job.id : nil, job: job.id) })
                \(provenance)
                """
        ).html
    }

    private var deeds: [Deed] { if case .steers(let deeds) = access { deeds } else { [] } }

    private var head: Markup {
        let complaint: Markup? = complaint.map { "<p class=\"notice\" role=\"alert\">\($0)</p>" }
        return """
            <div class="title">
            <h1>\(job.name)</h1>
            <p id="state"><span id="chip" class="chip \(job.state.rawValue)" role="status" data-live="text">\(job.stateWord)</span>
            <span id="standing" class="standing" data-live>\(job.standing)</span></p>
            <p class="facts">job \(job.id) of \(job.owner) · \(job.length), \(job.fps) a second · seed \(String(job.seed))\(edit)</p>
            \(complaint)
            <div id="deeds" class="deeds" data-live>\(deeds.map(button))\(hint)</div>
            </div>
            """
    }

    private var edit: Markup? {
        job.editOf.map { earlier in
            " · an edit of <a href=\"/jobs/\(earlier)\">job \(earlier)</a>\(job.takenOver.map { ": \($0)" } ?? "")"
        }
    }

    /// How somebody who has no buttons comes by them; nothing where there is nothing to do.
    private var hint: Markup? {
        guard job.state != .done else { return nil }
        switch access {
        case .steers: return nil
        case .stranger:
            return """
                <p class="facts">To have a say in it, open the page by the address that <code>nuwactl page --token</code> prints.</p>
                """
        case .looksOn: return "<p class=\"facts\">\(job.owner), whose film it is, and admins have a say in it.</p>"
        }
    }

    private func button(_ deed: Deed) -> Markup {
        let (label, help): (Markup, Markup) =
            switch deed {
            case .approve: ("Approve", "Go on from these keyframes")
            case .reseed: ("Other keyframes", "Make all keyframes again, with the next seed")
            case .hold: ("Hold", "Keep it back; while keyframes are being made it stops when they are there")
            case .holdAtKeyframes: ("Stop at keyframes", "Let it have its turn, and stop when its keyframes are there")
            case .release: ("Release", "Put it back into the queue")
            case .retry: ("Retry", "Put it back into the queue; what it finished is kept")
            case .cancel: ("Cancel", "Give it up")
            }
        return """
            <form method="post" action="/jobs/\(job.id)/\(deed == .holdAtKeyframes ? "hold?at_keyframes=true" : deed.rawValue)"><button class="\(deed.rawValue)" title="\(help)">\(label)</button></form>
            """
    }

    // MARK: - The film, or what is there of it

    private var player: Markup {
        if job.state == .done {
            return """
                <figure id="film">
                <video controls playsinline preload="auto" src="/jobs/\(job.id)/film.mp4" data-fps="\(job.fps)" data-frames="\(job.frames)" data-lag="0"
                aria-label="The film"></video>
                <figcaption><a href="/jobs/\(job.id)/film.mp4" download="\(job.filmName ?? "film.mp4")">\(job.filmName ?? "film.mp4")</a></figcaption>
                </figure>
                """
        }
        guard let tree else { return "" }
        return """
            <figure id="film" class="waiting">
            <video controls playsinline muted data-growing="/jobs/\(job.id)/stretch" data-fps="\(tree.fps)" data-frames="\(tree.frames)" data-lag="\(lag)"
            aria-label="The film as far as it is finished"></video>
            \(still(tree))
            <figcaption id="stretch" data-live data-edition="\(tree.edition)" data-pieces="\(tree.stretch)" data-all="\(tree.depths.last?.segments.count ?? 0)">\(stretchText(tree))</figcaption>
            <noscript><p class="facts">To play it while it is made takes script; the frames below are there without.</p></noscript>
            </figure>
            """
    }

    /// In the film's place until it plays: a keyframe, that one which is pointed at.
    private func still(_ tree: TreeReport) -> Markup {
        guard tree.depths.first?.count(.done) ?? 0 > 0 else {
            return "<div id=\"still\" class=\"still\" data-live data-key=\"\"></div>"
        }
        return """
            <div id="still" class="still" data-live data-key="\(tree.edition)"><img src="/jobs/\(job.id)/frames/d0s000/0.png?edition=\(tree.edition)" alt="A frame of the film"></div>
            """
    }

    private func stretchText(_ tree: TreeReport) -> Markup {
        let all = tree.depths.last?.segments ?? []
        guard tree.stretch > 0 else {
            return "Nothing to play yet: the last depth makes the film, from its beginning on."
        }
        let end = tree.stretch < all.count ? all[tree.stretch].first : tree.frames
        return
            "Finished: 0:00 to \(timeText(end, fps: tree.fps)) of \(timeText(tree.frames, fps: tree.fps)). It plays here, and grows while you look."
    }

    // MARK: - The script

    private var script: Markup {
        guard let tree else { return "<pre class=\"script\">\(job.script ?? "")</pre>" }
        let ends = tree.shots.dropFirst().map(\.frame) + [tree.frames]
        let shots = zip(tree.shots, ends).map { shot, end -> Markup in
            """
            <li data-from="\(shot.frame)" data-to="\(end)"><span class="time">\(timeText(shot.frame, fps: tree.fps))</span> <span class="prompt">\(shot.prompt)</span></li>
            """
        }
        let warnings = (job.warnings ?? []).map { finding -> Markup in
            "<p class=\"notice\">line \(finding.line): \(finding.message)</p>"
        }
        return """
            <section class="script" aria-labelledby="script"><h2 id="script">Script</h2>
            <ol class="shots">\(shots)</ol>\(warnings)
            </section>
            """
    }

    // MARK: - What it was made from

    private var provenance: Markup? {
        guard let facts, !facts.facts.isEmpty else { return nil }
        let items = facts.facts.map { fact -> Markup in "<div><dt>\(fact.name)</dt><dd>\(fact.value)</dd></div>" }
        return """
            <section aria-labelledby="provenance"><h2 id="provenance">What it was made from</h2>
            <dl class="provenance">\(items)</dl>
            <p class="facts">The film itself says so; <code>nuwactl reproduce</code> renders it again and compares the bytes.</p>
            </section>
            """
    }
}

/// What a finished film says of itself.
package struct ProvenanceFacts: Sendable, Equatable {
    package struct Fact: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package let facts: [Fact]

    package init(_ facts: [Fact]) { self.facts = facts }
}
