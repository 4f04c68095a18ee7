import Plans

/// Which piece of work comes next. Pure: it knows plans and what is done, and nothing of threads, files or networks.
/// A transition returns what follows from it.
///
/// Readiness is asked of the plan each time, never counted: a segment whose checkpoint turns out damaged simply is
/// not done any more, and everything that needs it waits again by itself.
struct Scheduler {
    /// A piece of work.
    enum Piece: Equatable, Sendable {
        case segment(SegmentID, job: Int64)
        /// All chunks are there: put the film together.
        case film(job: Int64)

        var job: Int64 {
            switch self {
            case .segment(_, let job), .film(let job): job
            }
        }
    }

    /// What can be begun.
    struct Room {
        let forSegments: Bool
        let forFilms: Bool
        /// Whether workers still have something of jobs that were removed.
        let hasStrays: Bool
    }

    private enum Phase: Equatable {
        case rendering
        /// The film is being put together; no segment is at work.
        case filming
        /// Nothing is handed out any more; the job ends when what is at work has ended.
        case failing(RenderFailure)
    }

    private struct Entry {
        let job: Int64
        let plan: RenderPlan
        let owner: Int64
        var priority: Int
        /// How much work a segment is, by depth.
        let costs: [Int]
        let suspects: Suspects
        let fingerprint: (SegmentID) -> Fingerprint
        var phase = Phase.rendering
        var done: Set<SegmentID> = []
        var running: Set<SegmentID> = []
        var losses: [SegmentID: Int] = [:]

        var isIdle: Bool { running.isEmpty && phase != .filming }

        var isAtSuspect: Bool {
            phase == .filming ? suspects.film : !running.isDisjoint(with: suspects.segments)
        }

        func isComplete() -> Bool {
            plan.segments(atDepth: plan.finestDepth).allSatisfy { done.contains($0.id) }
        }
    }

    /// By priority, then by number.
    private var entries: [Entry] = []
    /// How much work was handed out for each owner who has jobs here. Who has got least is next, so that all get the same,
    /// however many jobs they have and however long these are.
    private var served: [Int64: Int] = [:]
    /// What workers make now. Two jobs may need the same segment: the second waits and finds it done.
    private var busy: Set<Fingerprint> = []

    /// - Parameters:
    ///   - suspects: to be made with nothing else at work
    ///   - costs: how much work a segment is, by depth
    mutating func submit(
        job: Int64, plan: RenderPlan, owner: Int64, priority: Int, suspects: Suspects, costs: [Int],
        fingerprint: @escaping (SegmentID) -> Fingerprint
    ) {
        welcome(owner)
        insert(
            Entry(
                job: job, plan: plan, owner: owner, priority: priority, costs: costs, suspects: suspects,
                fingerprint: fingerprint))
    }

    mutating func prioritise(_ job: Int64, _ priority: Int) {
        guard let index = index(of: job) else { return }
        var entry = entries.remove(at: index)
        entry.priority = priority
        insert(entry)
    }

    private mutating func insert(_ entry: Entry) {
        let place = entries.firstIndex { ($0.priority, -$0.job) < (entry.priority, -entry.job) }
        entries.insert(entry, at: place ?? entries.endIndex)
    }

    /// Who comes anew has no claim on what was handed out before, and no debt.
    private mutating func welcome(_ owner: Int64) {
        let present = Set(entries.map(\.owner))
        guard !present.contains(owner) else { return }
        served = served.filter { present.contains($0.key) }
        served[owner] = served.values.min() ?? 0
    }

    /// Whose turn it is first: the owners by what they got, each one's jobs in their order.
    private func turns() -> [Int] {
        entries.indices.sorted {
            (served[entries[$0].owner] ?? 0, $0) < (served[entries[$1].owner] ?? 0, $1)
        }
    }

    /// Takes the next piece of work, which then counts as at work.
    mutating func next(_ room: Room) -> Piece? {
        if entries.contains(where: \.isAtSuspect) { return nil }
        for index in turns() where entries[index].phase == .rendering {
            let entry = entries[index]
            guard let piece = next(of: entry, room) else { continue }
            if isSuspect(piece, entry) {
                // Nothing overtakes what is made alone, so that its turn comes.
                guard !room.hasStrays, entries.allSatisfy(\.isIdle) else { return nil }
            }
            switch piece {
            case .film: entries[index].phase = .filming
            case .segment(let segment, _):
                entries[index].running.insert(segment)
                busy.insert(entry.fingerprint(segment))
                served[entry.owner, default: 0] += entry.costs[segment.depth]
            }
            return piece
        }
        return nil
    }

    private func next(of entry: Entry, _ room: Room) -> Piece? {
        if entry.running.isEmpty && entry.isComplete() { return room.forFilms ? .film(job: entry.job) : nil }
        guard room.forSegments else { return nil }
        // One more than workers have in hand, so that one of them is free, if there is any.
        let ready = entry.plan.ready(limit: busy.count + 1, done: entry.done.contains)
        return ready.first { !busy.contains(entry.fingerprint($0)) }.map { .segment($0, job: entry.job) }
    }

    private func isSuspect(_ piece: Piece, _ entry: Entry) -> Bool {
        switch piece {
        case .film: entry.suspects.film
        case .segment(let segment, _): entry.suspects.segments.contains(segment)
        }
    }

    /// The segment's files are there. Returns the failure that the job ends with, if it ends now.
    mutating func finished(_ segment: SegmentID, of job: Int64) -> RenderFailure? {
        leave(segment, of: job) { $0.done.insert(segment) }
    }

    /// The segment was not made. Returns the failure that the job ends with, if it ends now.
    mutating func givenBack(_ segment: SegmentID, of job: Int64) -> RenderFailure? {
        leave(segment, of: job) { _ in }
    }

    /// The film was not made.
    mutating func filmGivenBack(_ job: Int64) {
        if let index = index(of: job), entries[index].phase == .filming { entries[index].phase = .rendering }
    }

    /// A segment that counted as done has lost its files, and is not done any more. Returns how often that has happened
    /// to it; nil if it did not count as done, for several that need it may find it lost.
    mutating func lost(_ segment: SegmentID, of job: Int64) -> Int? {
        guard let index = index(of: job), entries[index].done.remove(segment) != nil else { return nil }
        entries[index].losses[segment, default: 0] += 1
        return entries[index].losses[segment]
    }

    /// From now on nothing of the job is handed out; the first failure is the one that counts. Returns it, if the job
    /// ends now.
    mutating func fail(_ job: Int64, _ failure: RenderFailure) -> RenderFailure? {
        guard let index = index(of: job) else { return nil }
        if case .failing = entries[index].phase { return nil }
        entries[index].phase = .failing(failure)
        return end(at: index)
    }

    /// Takes the job out, and frees what workers still have of it for other jobs; what they report later is not missed.
    mutating func remove(_ job: Int64) {
        guard let index = index(of: job) else { return }
        let entry = entries.remove(at: index)
        for segment in entry.running { busy.remove(entry.fingerprint(segment)) }
    }

    /// Whether a worker should go on with what it has of this job.
    func isWanted(_ job: Int64) -> Bool {
        guard let index = index(of: job) else { return false }
        return if case .failing = entries[index].phase { false } else { true }
    }

    /// Whether a segment is done; nil where the job is not here.
    func isDone(_ segment: SegmentID, of job: Int64) -> Bool? {
        index(of: job).map { entries[$0].done.contains(segment) }
    }

    /// How many segments of a depth are done.
    func doneCount(of job: Int64, depth: Int) -> Int {
        guard let index = index(of: job) else { return 0 }
        return entries[index].done.count { $0.depth == depth }
    }

    private func index(of job: Int64) -> Int? { entries.firstIndex { $0.job == job } }

    private mutating func leave(
        _ segment: SegmentID, of job: Int64, _ change: (inout Entry) -> Void
    ) -> RenderFailure? {
        guard let index = index(of: job), entries[index].running.remove(segment) != nil else { return nil }
        busy.remove(entries[index].fingerprint(segment))
        change(&entries[index])
        return end(at: index)
    }

    /// Takes a failing job out once nothing of it is at work.
    private mutating func end(at index: Int) -> RenderFailure? {
        guard case .failing(let failure) = entries[index].phase, entries[index].running.isEmpty else { return nil }
        entries.remove(at: index)
        return failure
    }
}
