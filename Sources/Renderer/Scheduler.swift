import RenderPlan

/// Which piece of work comes next. Pure: it knows plans and what is done, and nothing of threads, files or networks.
///
/// Readiness is asked of the plan each time, never counted: a segment whose checkpoint turns out damaged simply is
/// not done any more, and everything that needs it waits again by itself.
struct Scheduler {
    enum Choice: Equatable {
        case segment(job: Int64, SegmentID)
        /// All chunks are there: put the film together.
        case film(job: Int64)

        var job: Int64 {
            switch self {
            case .segment(let job, _), .film(let job): job
            }
        }
    }

    private struct Entry {
        let job: Int64
        let plan: RenderPlan
        let priority: Int
        /// To be made with nothing else at work.
        let solitary: Set<SegmentID>
        let fingerprint: (SegmentID) -> Fingerprint
        var done: Set<SegmentID> = []
        var running: Set<SegmentID> = []
        /// Done, but said to have lost its files.
        var suspects: Set<SegmentID> = []
        var losses: [SegmentID: Int] = [:]
        var isPaused = false
        /// The film is being put together.
        var isFilming = false
        var failure: RenderFailure?

        var isMakingSolitary: Bool { !running.isDisjoint(with: solitary) }

        var isIdle: Bool { running.isEmpty && !isFilming }

        func isComplete() -> Bool {
            plan.segments(atDepth: plan.finestDepth).allSatisfy { done.contains($0.id) }
        }
    }

    /// By priority, then in order of submission.
    private var entries: [Entry] = []
    /// What workers make now. Two jobs may need the same segment: the second waits and finds it done.
    private var busy: Set<Fingerprint> = []

    /// The jobs that have not ended, in the order in which they are served.
    var jobs: [Int64] { entries.map(\.job) }

    func contains(_ job: Int64) -> Bool { index(of: job) != nil }

    mutating func submit(
        job: Int64, plan: RenderPlan, priority: Int, solitary: Set<SegmentID> = [],
        fingerprint: @escaping (SegmentID) -> Fingerprint
    ) {
        let place = entries.firstIndex { $0.priority < priority } ?? entries.endIndex
        entries.insert(
            Entry(job: job, plan: plan, priority: priority, solitary: solitary, fingerprint: fingerprint), at: place)
    }

    /// Takes the next piece of work, which then counts as running.
    mutating func next() -> Choice? {
        if entries.contains(where: \.isMakingSolitary) { return nil }
        for index in entries.indices where !entries[index].isPaused && entries[index].failure == nil {
            let entry = entries[index]
            if entry.isFilming { continue }
            if entry.running.isEmpty && entry.isComplete() {
                entries[index].isFilming = true
                return .film(job: entry.job)
            }
            // One more than workers have in hand, so that one of them is free, if there is any.
            let ready = entry.plan.ready(limit: busy.count + 1, done: entry.done.contains)
            if let segment = ready.first(where: { !busy.contains(entry.fingerprint($0)) }) {
                // Nothing overtakes one that is made alone, so that its turn comes.
                if entry.solitary.contains(segment), entries.contains(where: { !$0.isIdle }) { return nil }
                entries[index].running.insert(segment)
                busy.insert(entry.fingerprint(segment))
                return .segment(job: entry.job, segment)
            }
        }
        return nil
    }

    /// The segment's files are there.
    mutating func finished(_ segment: SegmentID, of job: Int64) {
        release(segment, of: job) { $0.done.insert(segment) }
    }

    /// The worker gave the segment back unmade.
    mutating func abandoned(_ segment: SegmentID, of job: Int64) {
        release(segment, of: job) { _ in }
    }

    /// Marks a segment that counts as done as one that has lost its files. False if that was known already.
    mutating func suspect(_ segment: SegmentID, of job: Int64) -> Bool {
        guard let index = index(of: job), entries[index].done.contains(segment) else { return false }
        return entries[index].suspects.insert(segment).inserted
    }

    /// A segment that counted as done is not done any more. Returns how often that has happened to it.
    mutating func lost(_ segment: SegmentID, of job: Int64) -> Int {
        guard let index = index(of: job) else { return 0 }
        entries[index].done.remove(segment)
        entries[index].suspects.remove(segment)
        entries[index].losses[segment, default: 0] += 1
        return entries[index].losses[segment]!
    }

    /// The film could not be put together because chunks were lost.
    mutating func filmAbandoned(_ job: Int64) {
        if let index = index(of: job) { entries[index].isFilming = false }
    }

    /// From now on nothing of the job is handed out; the first failure is the one that counts.
    mutating func fail(_ job: Int64, _ failure: RenderFailure) {
        guard let index = index(of: job), entries[index].failure == nil else { return }
        entries[index].failure = failure
    }

    /// Takes a failed job out once no worker has anything of it.
    mutating func removeFailed(_ job: Int64) -> RenderFailure? {
        guard let index = index(of: job), let failure = entries[index].failure, entries[index].isIdle else {
            return nil
        }
        entries.remove(at: index)
        return failure
    }

    /// Takes the job out, and frees what workers still have of it for other jobs; what they report later is not missed.
    @discardableResult
    mutating func remove(_ job: Int64) -> Bool {
        guard let index = index(of: job) else { return false }
        let entry = entries.remove(at: index)
        for segment in entry.running { busy.remove(entry.fingerprint(segment)) }
        return true
    }

    mutating func setPaused(_ paused: Bool, _ job: Int64) {
        if let index = index(of: job) { entries[index].isPaused = paused }
    }

    /// Whether a worker should go on with what it has of this job.
    func isWanted(_ job: Int64) -> Bool {
        guard let index = index(of: job) else { return false }
        return !entries[index].isPaused && entries[index].failure == nil
    }

    /// How many segments of a depth are done.
    func doneCount(of job: Int64, depth: Int) -> Int {
        guard let index = index(of: job) else { return 0 }
        return entries[index].done.count { $0.depth == depth }
    }

    private func index(of job: Int64) -> Int? { entries.firstIndex { $0.job == job } }

    private mutating func release(_ segment: SegmentID, of job: Int64, _ change: (inout Entry) -> Void) {
        guard let index = index(of: job), entries[index].running.remove(segment) != nil else { return }
        busy.remove(entries[index].fingerprint(segment))
        change(&entries[index])
    }
}
