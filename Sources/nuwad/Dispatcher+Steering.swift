import Control
import Foundation
import Jobs
import Logging
import Rendering
import Reports
import Server

// What people wish.
extension Dispatcher {
    /// Jobs of one transaction, so that one over many thousands does not keep the database from others.
    private static let most = 500

    /// Has a verb happen to jobs. Returns once it has: no worker is at a job any more that was cancelled or held.
    /// - Returns: why it did not happen to some
    /// - Throws: what the database says; then nothing has happened to those that are not done yet
    func perform(_ verb: JobVerb, on ids: [Int64], by caller: Caller) throws -> [Int64: ControlError] {
        try steering.sync {
            // Whatever comes of it, the renderer gets what it lacks, be it what was taken from it in vain.
            defer { wake() }
            var refusals: [Int64: ControlError] = [:]
            for start in stride(from: 0, to: ids.count, by: Self.most) {
                let some = Array(ids[start..<min(start + Self.most, ids.count)])
                refusals.merge(try perform(verb, onSome: some, by: caller)) { $1 }
            }
            return refusals
        }
    }

    private func perform(_ verb: JobVerb, onSome ids: [Int64], by caller: Caller) throws -> [Int64: ControlError] {
        var taken: Set<Int64> = []
        do {
            return try perform(verb, onSome: ids, by: caller, &taken)
        } catch {
            // What the database cannot take has not happened: the renderer gets back what was taken from it when its turn comes, and
            // stops at keyframes as the database says.
            for id in taken { ledger.note(.interrupt, of: id) }
            for id in ids where renderer.has(id) {
                guard let job = try? store.job(id) else { continue }
                if job.stopsAtKeyframes {
                    _ = renderer.stopAtKeyframes(id, evenUnbegun: true)
                } else {
                    renderer.passKeyframes(id)
                }
            }
            throw error
        }
    }

    /// - Parameter taken: jobs that the renderer had
    private func perform(
        _ verb: JobVerb, onSome ids: [Int64], by caller: Caller, _ taken: inout Set<Int64>
    ) throws -> [Int64: ControlError] {
        var refusals: [Int64: ControlError] = [:]
        var ids = ids
        switch verb {
        case .hold(now: false):
            let stopping = Set(ids.filter { renderer.stopAtKeyframes($0) })
            ids.removeAll(where: stopping.contains)
            for (id, refusal) in try ledger.apply(.holdAtKeyframes, to: stopping.sorted()) {
                // They may have got there meanwhile.
                guard let refusal, refusal.subject != .job(.held) else { continue }
                refusals[id] = .conflict("\(refusal)")
            }
            taken = withdraw(ids)
        case .holdAtKeyframes:
            // Those that the renderer does not have stop when it has.
            for id in ids where renderer.has(id) && !renderer.stopAtKeyframes(id, evenUnbegun: true) {
                refusals[id] = .conflict("job \(id) is past its keyframes; `nuwactl hold \(id)` keeps it back as it is")
            }
            ids.removeAll { refusals[$0] != nil }
        case .cancel, .hold(now: true): taken = withdraw(ids)
        case .approve: ids.forEach(renderer.passKeyframes)
        case .retry, .reseed, .release, .priority: break
        }
        if let event = verb.event {
            for (id, refusal) in try ledger.apply(event, to: ids) {
                refusals[id] = refusal.map { .conflict("\($0)") }
            }
        } else if case .priority(let number) = verb {
            for id in ids {
                do {
                    try ledger.prioritise(id, number)
                    renderer.prioritise(id, number)
                } catch let refusal as IllegalTransition {
                    refusals[id] = .conflict("\(refusal)")
                }
            }
        }
        for id in ids where refusals[id] == nil {
            logger.notice("\(verb.name) of job \(id) by \(caller)", metadata: ["job": "\(id)"])
        }
        return refusals
    }

    /// Takes jobs from the renderer. Workers leave them after the step that they are in; what they did is written down when
    /// this returns. A film that was about to appear has appeared then.
    /// - Returns: those that it had
    @discardableResult
    private func withdraw(_ ids: [Int64]) -> Set<Int64> {
        let present = Set(renderer.jobs).intersection(ids)
        for id in present { renderer.cancel(id) }
        for id in ids { renderer.waitUntilLeft(id) }
        return present
    }

    /// Changes the mode. Returns once nothing is at work that must not be; a drain goes on for as long as what runs.
    func change(_ verb: ModeVerb, by caller: Caller) throws {
        try steering.sync {
            let by = UserName.of(caller.user)
            switch verb {
            case .pause:
                guard mode.name != .paused else { return }
                let paused = Mode.paused(by: by, since: Date())
                try store.keep(paused)
                setMode(paused)
                let jobs = renderer.jobs
                withdraw(jobs)
                for id in jobs { ledger.note(.interrupt, of: id) }
            case .resume:
                try store.keep(.rendering)
                setMode(.rendering)
                fill()
            case .drain:
                setMode(.draining(by: by, since: Date()))
                // What has not begun stays in the queue, for the next start.
                let idle = renderer.jobs.filter { !renderer.hasBegun($0) }
                withdraw(idle)
                for id in idle { ledger.note(.interrupt, of: id) }
                endDrainIfIdle()
            }
            logger.notice("\(verb) by \(caller)")
        }
    }
}
