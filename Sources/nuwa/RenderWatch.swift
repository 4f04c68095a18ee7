import Foundation
import Plans
import Rendering
import Terminal
import Threads
import Video

/// Hears the renderer on its threads and tells the main thread.
final class RenderWatch: RenderObserver {
    enum End: Sendable {
        case film(FilmFacts)
        case failed(RenderFailure)
        case interrupted
    }

    /// What there is to say.
    struct News: Sendable {
        let text: String
        /// Something went wrong, and was mended.
        let isTrouble: Bool
    }

    private struct Heard {
        var news: [News] = []
        var end: End?
        var made = 0
        var reused = 0

        mutating func say(_ text: String, isTrouble: Bool = false) {
            news.append(News(text: text, isTrouble: isTrouble))
        }
    }

    private let heard = Monitor(Heard())

    /// Segments that were made now, and those that were there already.
    var counts: (made: Int, reused: Int) { heard.wait(until: { _ in true }) { ($0.made, $0.reused) } }

    /// Calls `show` with what there is to say, whenever there is something and every so many seconds, until the end.
    func wait(every seconds: Double, show: ([News]) -> Void) -> End {
        while true {
            let (news, end) = heard.wait(atMost: seconds, until: { !$0.news.isEmpty || $0.end != nil }) { heard in
                defer { heard.news = [] }
                return (heard.news, heard.end)
            }
            show(news)
            if let end { return end }
        }
    }

    func interrupt() { finish(.interrupted) }

    func segmentFinished(job: Int64, segment: SegmentID, seconds: Double, reused: Bool) {
        heard.change(waking: .all) { heard in
            if reused {
                heard.reused += 1
            } else {
                heard.made += 1
                heard.say("segment \(segment) made in \(secondsText(seconds))")
            }
        }
    }

    func damaged(job: Int64, file: URL, setAside: URL?, reason: String) {
        heard.change(waking: .all) {
            $0.say(damageText(file: file, setAside: setAside, reason: reason), isTrouble: true)
        }
    }

    func jobFinished(job: Int64, film: URL, facts: FilmFacts) { finish(.film(facts)) }
    func jobFailed(job: Int64, failure: RenderFailure) { finish(.failed(failure)) }

    private func finish(_ how: End) {
        heard.change(waking: .all) { if $0.end == nil { $0.end = how } }
    }
}
