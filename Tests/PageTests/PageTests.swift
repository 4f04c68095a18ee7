import Foundation
import Jobs
import Reports
import TestSupport
import Testing

@testable import Page

@Suite("Pages as a function of reports")
struct PageTests {
    /// 1 + 3 segments of 4 frames, the first of the finest done, the second at work.
    private static let tree = TreeReport(
        frames: 10, fps: 12, segmentFrames: 4,
        depths: [
            .init(stride: 3, segments: [.init(id: "d0s000", state: .done, first: 0)]),
            .init(
                stride: 1,
                segments: [
                    .init(id: "d1s000", state: .done, first: 0),
                    .init(id: "d1s001", state: .running, first: 3, worker: "worker 2", fraction: 0.25),
                    .init(id: "d1s002", state: .waiting, first: 6),
                ]),
        ],
        shots: [.init(frame: 0, prompt: "Pim <walks> & \"waves\"."), .init(frame: 5, prompt: "Night.")], edition: "b")

    private func page(
        _ job: JobReport = Sample.running, tree: TreeReport = tree, access: JobPage.Access = .stranger,
        complaint: String? = nil
    ) -> String {
        JobPage(job, tree: tree, lag: 4, provenance: nil, access: access, complaint: complaint).html
    }

    private func queue(
        _ status: StatusReport, over: [JobReport], isFirst: Bool = true, hasOlder: Bool = false
    ) -> String {
        QueuePage(status, over: over, isFirst: isFirst, hasOlder: hasOlder).html
    }

    @Test("Whatever a script, a name or an error says is text, never markup")
    func escaping() {
        var job = Sample.running
        job.name = "<img src=x onerror=alert(1)>.nuwa"
        let html = page(job, complaint: "</p><script>alert(2)</script>")
        #expect(!html.contains("<img src=x"))
        #expect(!html.contains("<script>alert"))
        #expect(html.contains("Pim &lt;walks&gt; &amp; &quot;waves&quot;."))
        job.name = "a'b"
        #expect(queue(status([job]), over: []).contains("a&#39;b"))
    }

    @Test("A number in markup is written as CSS and SVG read it, whatever its sign")
    func numbers() {
        let numbers: [Double] = [0, 1, 0.25, -0.5, 12.3456, -3.0004]
        #expect(numbers.map { Markup.number($0).html } == ["0", "1", "0.250", "-0.500", "12.346", "-3"])
    }

    @Test("The tree says of each segment where it is, how far, and who is at it")
    func tree() {
        let html = page()
        #expect(html.contains("d1s000: frames 0 to 2, done"))
        #expect(html.contains("d1s001: frames 3 to 5, being made by worker 2, 25 %"))
        #expect(html.contains("d1s002: frames 6 to 9, waits"))
        #expect(html.contains("<rect class=\"made\" x=\"3\" width=\"0.750\""))
        #expect(html.contains("1 of 3 segments, 1 being made"))
        #expect(html.contains("worker 2"))
    }

    @Test("A film that is done plays also where another model is loaded, and its page keeps no connection")
    func withoutTree() {
        var job = Sample.running
        (job.state, job.film) = (.done, "/films/walk-7.mp4")
        let html = JobPage(job, tree: nil, lag: 4, provenance: nil, access: .stranger, complaint: nil).html
        #expect(html.contains("src=\"/jobs/\(job.id)/film.mp4\" data-fps=\"\(job.fps)\" data-frames=\"\(job.frames)\""))
        #expect(html.contains("<body>"))
        #expect(page().contains("<body data-live>"))
    }

    @Test("Of each depth the frames that are there are shown, the others left blank")
    func frames() {
        let html = page()
        for place in 0..<4 { #expect(html.contains("/jobs/17/frames/d0s000/\(place).png?edition=b")) }
        #expect(html.contains("/jobs/17/frames/d1s000/2.png?edition=b"))
        #expect(!html.contains("frames/d1s001/") && !html.contains("frames/d1s002/"))
        #expect(html.components(separatedBy: "<li class=\"blank\"").count - 1 == 7)
        #expect(html.contains("alt=\"frame 6, at 0:00.50: Night.\""))
    }

    @Test("What is finished from the beginning on can be played, and nothing behind a gap")
    func stretch() {
        #expect(Self.tree.stretch == 1 && Self.tree.finestWhole == 0)
        #expect(page().contains("data-pieces=\"1\" data-all=\"3\""))
        var tree = Self.tree
        tree.depths[1].segments[0].state = .waiting
        tree.depths[1].segments[2].state = .done
        #expect(tree.stretch == 0)
    }

    @Test("A depth of more segments than can be seen is drawn in runs of one state, with those at work by themselves")
    func manySegments() {
        func states(_ count: Int) -> [TreeReport.Segment] {
            (0..<count).map { index in
                let state: SegmentState.Name = index < 150 ? .done : index == 150 ? .running : .waiting
                return .init(
                    id: "d1s\(index)", state: state, first: index * 3, worker: index == 150 ? "n1" : nil,
                    fraction: index == 150 ? 0.5 : nil)
            }
        }
        func bars(_ count: Int) -> [Substring] {
            var tree = Self.tree
            tree.frames = count * 3 + 1
            tree.depths[1].segments = states(count)
            let html = page(tree: tree)
            return html.split(separator: "id=\"band-1\"")[1].split(separator: "</svg>")[0].split(separator: "<rect ")
                .dropFirst()
                .filter { !$0.contains("class=\"made\"") }
        }
        #expect(bars(TreeView.mostBars).count == TreeView.mostBars)
        let runs = bars(1000)
        #expect(runs.count == 3)
        #expect(runs[0].contains("x=\"0\" width=\"450\"") && runs[0].contains("d1s0 to d1s149: frames 0 to 449, done"))
        #expect(runs[1].contains("d1s150: frames 450 to 452, being made by n1, 50 %"))
        #expect(runs[2].contains("d1s151 to d1s999: frames 453 to 3000, waits"))
    }

    @Test(
        "Only the bar of prompts is a slider, so that all below it can be read and pressed; what is read aloud is the state alone"
    )
    func screenReader() {
        let html = page(access: .steers([.reseed]))
        let slider = html.components(separatedBy: "role=\"slider\"")
        #expect(slider.count == 2)
        let inside = slider[1].components(separatedBy: "</div>")[0]
        #expect(inside.contains("shots-band") && !inside.contains("<h3") && !inside.contains("<img"))
        for keyframe in 1...4 { #expect(html.contains("aria-label=\"Keyframe \(keyframe) again\"")) }
        #expect(!html.contains("aria-live"))
        #expect(html.components(separatedBy: "role=\"status\"").count == 2)
        #expect(html.contains("role=\"status\" data-live=\"text\">running</span>"))
    }

    @Test(
        "What tells a state is told from its surroundings and its neighbours by three to one, text by four and a half")
    func contrast() throws {
        let css = String(decoding: Asset.style.bytes, as: UTF8.self)
        for scheme in 0...1 {
            func colour(_ name: String) throws -> Double {
                let match = try #require(
                    try Regex("--\(name): light-dark\\(#([0-9a-f]{6}), #([0-9a-f]{6})\\)").firstMatch(in: css))
                return luminance(try #require(match[scheme + 1].substring.map(String.init)))
            }
            func ratio(_ a: String, _ b: String) throws -> Double {
                let (a, b) = (try colour(a), try colour(b))
                return (max(a, b) + 0.05) / (min(a, b) + 0.05)
            }
            for state in ["edge", "running", "made", "done", "failed", "shot", "shot-odd"] {
                #expect(try ratio(state, "card") >= 3, "\(state) on a card, scheme \(scheme)")
            }
            #expect(try ratio("made", "running") >= 3, "scheme \(scheme)")
            for (text, ground) in [
                ("ink", "card"), ("quiet", "card"), ("quiet", "paper"), ("accent", "card"), ("failed", "card"),
                ("ink", "blank"),
            ] {
                #expect(try ratio(text, ground) >= 4.5, "\(text) on \(ground), scheme \(scheme)")
            }
        }
    }

    /// As WCAG 2 has it, of `rrggbb`.
    private func luminance(_ colour: String) -> Double {
        let parts = stride(from: 0, to: 6, by: 2).map { start -> Double in
            let value = Double(Int(colour.dropFirst(start).prefix(2), radix: 16) ?? 0) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    @Test("Older films are a link away")
    func older() {
        #expect(!queue(status([]), over: [Sample.done]).contains("?before="))
        let html = queue(status([]), over: [Sample.failed, Sample.done], hasOlder: true)
        #expect(html.contains("href=\"/?before=15\"") && html.contains("In the making"))
        let second = queue(status([]), over: [Sample.done], isFirst: false)
        #expect(second.contains("<a href=\"/\">The newest</a>") && !second.contains("In the making"))
    }

    @Test("An edit says of which job it is one, and what it takes over")
    func edit() {
        var job = Sample.running
        (job.editOf, job.takenOver) = (15, "3 of 4 keyframes stay")
        #expect(page(job).contains("an edit of <a href=\"/jobs/15\">job 15</a>: 3 of 4 keyframes stay"))
    }

    @Test("Buttons are there for whoever may press them; others are told who may, while there is something to do")
    func deeds() {
        #expect(!page().contains("<form") && page().contains("nuwactl page --token"))
        #expect(!page(Sample.done).contains("nuwactl page --token"))
        #expect(page(access: .looksOn).contains("pim, whose film it is, and admins have a say in it"))
        let html = page(access: .steers([.approve, .reseed, .cancel]))
        #expect(!html.contains("nuwactl page --token"))
        #expect(html.contains("action=\"/jobs/17/approve\"") && html.contains("action=\"/jobs/17/cancel\""))
        for keyframe in 1...4 { #expect(html.contains("action=\"/jobs/17/reseed?keyframe=\(keyframe)\"")) }
        #expect(!html.contains("/jobs/17/hold"))
    }

    @Test("Each waiting job says why, and a running one how far it is")
    func queue() {
        let html = queue(status([Sample.running, Sample.queued]), over: [Sample.done, Sample.failed])
        #expect(html.contains("61 %, 1m05s left"))
        #expect(html.contains("waits: 1 job is before it"))
        #expect(html.contains("<progress max=\"1\" value=\"0.500\" aria-label=\"depth 1\">"))
        #expect(html.contains("href=\"/jobs/15\"") && html.contains(Sample.failed.reason ?? "?"))
        #expect(html.contains("http-equiv=\"refresh\""))
        #expect(!queue(status([]), over: []).contains("http-equiv=\"refresh\""))
        #expect(queue(status([]), over: []).contains("<body data-live>"))
    }

    @Test("Nothing is asked of another machine, and no script or style stands in the page", arguments: Asset.allCases)
    func outside(asset: Asset) {
        let texts = [page(), queue(status([Sample.running]), over: [])]
        for text in texts + [String(decoding: asset.bytes, as: UTF8.self)] {
            let addresses = text.components(separatedBy: "http").dropFirst().filter {
                ($0.hasPrefix("://") || $0.hasPrefix("s://")) && !$0.hasPrefix("://www.w3.org/2000/svg")
            }
            #expect(addresses.isEmpty)
        }
        #expect(!texts[0].contains("style=") && !texts[0].contains("onclick") && !texts[0].contains("<style"))
    }

    private func status(_ jobs: [JobReport]) -> StatusReport {
        StatusReport(source: .daemon, daemon: nil, counts: [.running: jobs.count], jobs: jobs)
    }
}
