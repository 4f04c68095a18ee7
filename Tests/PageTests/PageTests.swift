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
                    .init(id: "d1s001", state: .running, first: 3, worker: 2, fraction: 0.25),
                    .init(id: "d1s002", state: .waiting, first: 6),
                ]),
        ],
        shots: [.init(frame: 0, prompt: "Pim <walks> & \"waves\"."), .init(frame: 5, prompt: "Night.")], edition: "b")

    private func page(_ job: JobReport = Sample.running, deeds: [JobPage.Deed] = [], complaint: String? = nil) -> String
    {
        JobPage(job, tree: Self.tree, provenance: nil, deeds: deeds, complaint: complaint).html
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
        #expect(QueuePage(status([job]), over: []).html.contains("a&#39;b"))
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

    @Test("Of each depth the frames that are there are shown, the others left blank")
    func frames() {
        let html = page()
        for place in 0..<4 { #expect(html.contains("/jobs/17/frames/d0s000/\(place).png?edition=b")) }
        #expect(html.contains("/jobs/17/frames/d1s000/2.png?edition=b"))
        #expect(!html.contains("frames/d1s001/") && !html.contains("frames/d1s002/"))
        #expect(html.components(separatedBy: "<li class=\"blank\"").count - 1 == 7)
        #expect(html.contains("alt=\"frame 6, at 0:00.5: Night.\""))
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

    @Test("Buttons are there for whoever may press them, and for nobody else")
    func deeds() {
        #expect(!page().contains("<form"))
        let html = page(deeds: [.approve, .reseed, .cancel])
        #expect(html.contains("action=\"/jobs/17/approve\"") && html.contains("action=\"/jobs/17/cancel\""))
        for keyframe in 1...4 { #expect(html.contains("action=\"/jobs/17/reseed?keyframe=\(keyframe)\"")) }
        #expect(!html.contains("/jobs/17/hold"))
    }

    @Test("Each waiting job says why, and a running one how far it is")
    func queue() {
        let html = QueuePage(status([Sample.running, Sample.queued]), over: [Sample.done, Sample.failed]).html
        #expect(html.contains("61 %, 1m05s left"))
        #expect(html.contains("waits: 1 job is before it"))
        #expect(html.contains("<progress max=\"1\" value=\"0.500\" aria-label=\"depth 1\">"))
        #expect(html.contains("href=\"/jobs/15\"") && html.contains(Sample.failed.reason ?? "?"))
        #expect(html.contains("http-equiv=\"refresh\""))
        #expect(!QueuePage(status([]), over: []).html.contains("http-equiv=\"refresh\""))
    }

    @Test("Nothing is asked of another machine, and no script or style stands in the page", arguments: Asset.allCases)
    func outside(asset: Asset) {
        let texts = [page(), QueuePage(status([Sample.running]), over: []).html]
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
