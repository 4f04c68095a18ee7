import Foundation
import Rendering
import Plans
import Terminal
import Video

/// Hears the renderer on its threads and tells the main thread.
final class RenderWatch: RenderObserver, @unchecked Sendable {
    enum End {
        case film(FilmFacts)
        case failed(RenderFailure)
        case interrupted
    }

    /// What there is to say.
    struct News {
        let text: String
        /// Something went wrong, and was mended.
        let isTrouble: Bool
    }

    private let condition = NSCondition()
    private let job: RenderJob
    private var news: [News] = []
    private var end: End?
    private var made = 0
    private var reused = 0

    init(job: RenderJob) { self.job = job }

    /// Segments that were made now, and those that were there already.
    var counts: (made: Int, reused: Int) { condition.withLock { (made, reused) } }

    /// Calls `show` with what there is to say, whenever there is something and every so many seconds, until the end.
    func wait(every seconds: Double, show: ([News]) -> Void) -> End {
        while true {
            let (news, end) = condition.withLock {
                if self.news.isEmpty && self.end == nil {
                    _ = condition.wait(until: Date(timeIntervalSinceNow: seconds))
                }
                defer { self.news = [] }
                return (self.news, self.end)
            }
            show(news)
            if let end { return end }
        }
    }

    func interrupt() { finish(.interrupted) }

    func segmentFinished(job: Int64, segment: SegmentID, seconds: Double, reused: Bool) {
        condition.withLock {
            if reused {
                self.reused += 1
            } else {
                made += 1
                say("segment \(segment) made in \(secondsText(seconds))")
            }
        }
    }

    func damaged(job: Int64, file: URL, setAside: URL?, reason: String) {
        condition.withLock { say(damageText(file: file, setAside: setAside, reason: reason), isTrouble: true) }
    }

    func jobFinished(job: Int64, film: URL, facts: FilmFacts) { finish(.film(facts)) }
    func jobFailed(job: Int64, failure: RenderFailure) { finish(.failed(failure)) }

    private func finish(_ how: End) {
        condition.withLock {
            if end == nil { end = how }
            condition.broadcast()
        }
    }

    /// The lock is held.
    private func say(_ text: String, isTrouble: Bool = false) {
        news.append(News(text: text, isTrouble: isTrouble))
        condition.broadcast()
    }
}
