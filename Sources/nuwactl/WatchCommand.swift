import ArgumentParser
import Console
import Control
import Foundation
import Jobs
import Reports
import Terminal

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Follow a job until it ends.",
        discussion: """
            Without JOB: shows the daemon and what it is at, as `top` does, until no job is left that is not over; where there is \
            none yet, waits for the first. On a terminal the picture is redrawn; else each change is a line (with --json an object on a line). \
            Exits with 5 where a job that it followed failed or was cancelled, and with 3 where no daemon answers at the \
            start; a daemon that restarts meanwhile is waited for.
            """)

    @Argument(help: "The job's number, or its script's name.")
    var job: JobSelector?

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let client = options.client
        let target = try await job?.number(from: client)
        var followed: [Int64: JobReport] = [:]
        // Also those that are not followed any more.
        var failed: Set<Int64> = []
        var display = WatchDisplay(json: options.json)
        var answered = false
        var isIdle = false
        while true {
            do {
                let (isWaiting, status) = try await look(client, target, &followed)
                (answered, isIdle) = (true, !isWaiting)
                let jobs = followed.values.sorted { $0.id < $1.id }
                try display.update(jobs, status)
                for job in jobs {
                    // One that is tried again may be done yet.
                    if job.state.isOver, job.state != .done { failed.insert(job.id) } else { failed.remove(job.id) }
                }
                if !isWaiting, !jobs.isEmpty {
                    if !failed.isEmpty { throw ExitStatus.jobFailed }
                    return
                }
                // What is over has been told; of a thousand such the last few are still shown.
                for job in jobs.filter(\.state.isOver).dropLast(WatchDisplay.shownOver) { followed[job.id] = nil }
            } catch let error as ControlClientError where answered && error.isPassing {
                if error.isNotRunning { display.lost(client.socket.path) }
            }
            try await Task.sleep(for: isIdle ? Self.idle : Self.busy)
        }
    }

    /// Between two looks: where there is something to follow, and where the first job is waited for.
    private static let (busy, idle) = (Duration.milliseconds(500), Duration.seconds(1))

    /// Jobs that are looked at in one poll; the others are followed as their turn comes.
    private static let window = 100
    /// Jobs beside these that are asked for one by one in a poll: what ended, and, by chance, some of many that others have overtaken.
    private static let asked = 20

    /// Brings the jobs that are followed up to date, with those that came since.
    /// - Returns: whether any job is not over, and how things stand where all are followed
    private func look(_ client: ControlClient, _ target: Int64?, _ followed: inout [Int64: JobReport]) async throws -> (
        isWaiting: Bool, status: StatusReport?
    ) {
        if let target {
            let job = try await client.job(target, brief: true)
            followed[target] = job
            return (!job.state.isOver, nil)
        }
        let status = try await client.status(jobs: Self.window)
        let listed = Dictionary(uniqueKeysWithValues: status.jobs.map { ($0.id, $0) })
        // What has left the list is over, or others have overtaken it.
        let unlisted = followed.values.filter { !$0.state.isOver && listed[$0.id] == nil }.map(\.id)
        for id in unlisted.shuffled().prefix(Self.asked) {
            followed[id] = try await client.job(id, brief: true)
        }
        followed.merge(listed) { $1 }
        return (status.unfinished > 0 || followed.values.contains { !$0.state.isOver }, status)
    }
}

/// What `watch` shows: a picture that is redrawn, or a line per change.
private struct WatchDisplay {
    static let shownOver = 5
    private static let shownUnfinished = 8

    private let json: Bool
    private let text = JobText(style: Output.style)
    private var picture: Redrawing? = Output.isInteractive ? Redrawing() : nil
    private var shown: [Int64: String] = [:]
    private var isLost = false

    init(json: Bool) {
        self.json = json
        if json { picture = nil }
    }

    /// - Parameter status: where all jobs are followed
    mutating func update(_ jobs: [JobReport], _ status: StatusReport?) throws {
        isLost = false
        if picture != nil, let status {
            // What is over stays in sight below, the last of it.
            let over = jobs.filter(\.state.isOver).suffix(Self.shownOver).map(text.watched)
            var shown = status
            shown.jobs = Array(status.jobs.prefix(Self.shownUnfinished))
            picture?.draw(([StatusText(style: Output.style).page(shown)] + over).joined(separator: "\n"))
            return
        }
        if picture != nil {
            picture?.draw(jobs.isEmpty ? "no job yet; waiting for one" : jobs.map(text.watched).joined(separator: "\n"))
            return
        }
        for job in jobs {
            let line = text.line(job)
            guard shown[job.id] != line else { continue }
            shown[job.id] = line
            if json {
                try Output.json(job, pretty: false)
            } else {
                Output.say(line + (job.remainingSeconds.map { ", \(leftText($0))" } ?? ""))
            }
        }
    }

    mutating func lost(_ socket: String) {
        if !isLost { Output.complain("nuwactl: nuwad no longer answers at \(socket); waiting for it to come back") }
        isLost = true
        if picture != nil { picture = Redrawing() }
    }
}

extension JobText {
    /// One job of the picture, with the film below it when it is there.
    fileprivate func watched(_ job: JobReport) -> String {
        block(job) + (job.state == .done ? job.film.map { "\n      \($0)" } ?? "" : "")
    }

    /// A job's standing as a plain line that changes with each finished segment: `17 picnic.nuwa: running, depth 1: 7 of 15, 61 %`
    fileprivate func line(_ job: JobReport) -> String {
        let head = "\(job.id) \(job.name): \(job.state.rawValue)"
        switch job.state {
        case .running:
            guard let depth = job.depths.first(where: { $0.done < $0.segments }) else {
                return head + ", putting the film together"
            }
            return head
                + ", depth \(depth.depth): \(depth.done) of \(depth.segments) segments, \(percentText(job.fraction))"
        case .done:
            return head + (job.film.map { ", \($0)" } ?? "")
        case .queued, .held, .blocked, .failed, .cancelled:
            return head + (job.reason.map { ", \($0)" } ?? "")
        }
    }
}
