import Control
import Diffusion
import Encoding
import Files
import Foundation
import Glibc
import Installation
import Jobs
import Logging
import Page
import Pictures
import Plans
import Rendering
import Reports
import Scripts
import Server
import Synchronization
import Video

/// What browsers see. All of it is made from the same reports as nuwactl's answers.
extension Daemon: PageService {
    /// Films in one page.
    private static let most = 100
    private static let newest = 24

    func asset(_ name: String) -> (type: String, bytes: Data)? { Asset(rawValue: name).map { ($0.type, $0.bytes) } }

    func queuePage(before: Int64?) async throws -> String {
        let status = try await status(jobs: before == nil ? Self.most : 0)
        let over = try await jobs(
            JobQuery(
                states: [.done, .failed, .cancelled], before: before, newestFirst: true, limit: Self.newest + 1))
        return QueuePage(
            status, over: Array(over.prefix(Self.newest)), isFirst: before == nil, hasOlder: over.count > Self.newest
        ).html
    }

    func errorPage(_ reason: String) -> String { ErrorPage(reason).html }

    func jobPage(_ id: Int64, complaint: String?, for caller: Caller?) async throws -> String {
        try await answer { [self] in
            guard let row = try store.job(id) else { throw ControlError.noSuchJob(id) }
            let job = try reporter.wholeJob(id)
            return JobPage(
                job, tree: try readableTree(of: id), lag: Fragment.lag, provenance: provenance(of: job),
                access: try access(to: row, for: caller), complaint: complaint
            ).html
        }
    }

    private func access(to job: Job, for caller: Caller?) throws -> JobPage.Access {
        guard let caller else { return .stranger }
        return try authority(of: caller).covers(owner: job.owner) ? .steers(deeds(on: job)) : .looksOn
    }

    /// What is offered: of all that makes sense, what a reader of the page would look for.
    private func deeds(on job: Job) -> [JobPage.Deed] {
        JobPage.Deed.allCases.filter { deed in
            switch deed {
            case .approve: job.isMeant(by: .approve)
            // Its pictures are there to choose from.
            case .reseed: job.isMeant(by: .reseed(keyframe: nil, seed: nil))
            case .hold: job.allows(.hold) && !job.stopsAtKeyframes
            // Of one that runs it may be too late.
            case .holdAtKeyframes: job.state == .queued && !job.stopsAtKeyframes
            case .release: job.isMeant(by: .release)
            case .retry: job.allows(.retry)
            case .cancel: job.allows(.cancel)
            }
        }
    }

    /// What a finished film says of itself.
    private func provenance(of job: JobReport) -> ProvenanceFacts? {
        guard let film = job.film else { return nil }
        let facts: FilmFacts
        do { facts = try Film.probe(URL(filePath: film)) } catch {
            // Removed since, or no film any more: the page shows what else there is.
            logger.debug("the page of job \(job.id): \(error)")
            return nil
        }
        guard let comment = facts.comment else { return nil }
        let made: Provenance
        do { made = try Provenance(comment: comment) } catch {
            logger.debug("the page of job \(job.id): what \(film) was made from cannot be read: \(error)")
            return nil
        }
        return ProvenanceFacts([
            .init("Model", "\(made.model.name) \(made.model.hash.prefix(12))…, \(made.model.precision)"),
            .init("Seed", "\(made.seed)"),
            .init("Keyframes", Self.text(made.takes ?? [])),
            .init("Sampling", "\(made.sampling)"),
            .init("Computed by", made.arithmetic),
            .init("Encoded by", "H.264, crf \(made.encoding.crf), \(made.encoding.preset)"),
            .init("Length", "\(facts.frames) frames of \(facts.width)×\(facts.height) at \(made.fps) a second"),
            .init("Script", "\(made.name), SHA-256 \(made.scriptHash.prefix(16))…"),
            .init("nuwa", made.nuwa),
        ])
    }

    private static func text(_ takes: [Take]) -> String {
        guard !takes.isEmpty else { return "all made with the seed" }
        return takes.map { take in
            let which = take.keyframes.map { places in places.map { "\($0 + 1)" }.joined(separator: ", ") } ?? "all"
            return "\(which) with the seed \(take.seed)"
        }.joined(separator: "; then ")
    }

    // MARK: - Pictures and pieces

    func picture(_ place: Int, of segment: SegmentID, of job: Int64) async throws -> Data? {
        guard let render = try await renderJob(job), render.plan.contains(segment) else { return nil }
        let frames = render.plan.segment(segment).frames
        guard frames.indices.contains(place) else { return nil }
        if let png = try await pictures({ try await self.gallery.png(place, of: segment, of: render) }) { return png }
        // A film outlives its checkpoints.
        return try await answer { [self] in
            guard let film = try store.job(job)?.state.film else { return nil }
            return try VideoReader(URL(filePath: film)).frame(frames[place])?.png()
        }
    }

    func stretchHead(of job: Int64) async throws -> (type: String, bytes: Data)? {
        guard let render = try await renderJob(job) else { return nil }
        return try await answer { [self] in
            let first = SegmentID(depth: render.plan.finestDepth, index: 0)
            guard let chunk = try renderer.chunk(first, of: render) else { return nil }
            return try Fragment.head(of: chunk.file)
        }
    }

    func stretchPiece(_ index: Int, of job: Int64) async throws -> Data? {
        guard let render = try await renderJob(job) else { return nil }
        return try await answer { [self] in
            let segment = SegmentID(depth: render.plan.finestDepth, index: index)
            guard render.plan.contains(segment), let chunk = try renderer.chunk(segment, of: render) else { return nil }
            return try Fragment.body(of: chunk.file, start: chunk.first)
        }
    }

    /// nil where the job's model is not loaded. A page asks for many pictures and pieces of one job, whose script is read once for them.
    private func renderJob(_ id: Int64) async throws -> RenderJob? {
        try await answer { [self] in
            guard let job = try store.job(id) else { throw ControlError.noSuchJob(id) }
            let key = ShownJob.Key(id: id, seed: job.seed, takes: job.takes)
            if let shown = shownJob.withLock(\.self), shown.key == key { return shown.render }
            let render: RenderJob
            do { render = try workshop.unplanned(job) } catch is OtherModel { return nil }
            shownJob.withLock { $0 = ShownJob(key: key, render: render) }
            return render
        }
    }

    private func pictures<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch let error as PicturesBusy { throw ControlError.conflict("\(error)") }
    }

    func filmSize(of job: Int64) async throws -> Int? {
        try await answer { [self] in
            guard let film = try store.job(job)?.state.film else { return nil }
            var facts = stat()
            if stat(film, &facts) == 0 { return Int(facts.st_size) }
            if errno == ENOENT { return nil }
            throw SystemError("look at", film)
        }
    }

    func filmBytes(_ range: Range<Int>, of job: Int64) async throws -> Data {
        try await answer { [self] in
            guard let film = try store.job(job)?.state.film else { throw ControlError.noSuchJob(job) }
            do {
                let file = try FileHandle(forReadingFrom: URL(filePath: film))
                defer { try? file.close() }
                try file.seek(toOffset: UInt64(range.lowerBound))
                return try file.read(upToCount: range.count) ?? Data()
            } catch {
                throw SystemError(behind: error) ?? error
            }
        }
    }

    var pulse: Int { renderer.activity.events &+ dispatcher.decisions }

    // MARK: - The contact sheet

    func sheet(of id: Int64) async throws -> Data {
        let job = try await answer { [self] in
            guard let job = try store.job(id) else { throw ControlError.noSuchJob(id) }
            return job
        }
        if let film = job.state.film {
            return try await answer { try FilmSheet(URL(filePath: film), title: job.name).image().png() }
        }
        let tree = try await tree(of: id)
        guard let depth = tree.finestWhole, let render = try await renderJob(id) else {
            throw ControlError.conflict("there is nothing to see of job \(id) yet: its keyframes are not made")
        }
        let count = depth == 0 ? tree.segmentFrames : 24
        let found = try await pictures { try await self.gallery.pictures(ofDepth: depth, of: render, count: count) }
        guard let found else { throw ControlError.conflict("what is there of job \(id) is just being made again") }
        var sheet = ContactSheet(
            columns: depth == 0 ? 4 : 6,
            title: FilmSheet.title(job.name, frames: tree.frames, fps: tree.fps)
                + (depth == 0 ? ": keyframes" : ": depth \(depth)"))
        for (number, picture) in found.enumerated() {
            let place = FilmSheet.label(picture.frame, fps: tree.fps)
            // By these numbers `nuwactl reseed --keyframe` knows them.
            sheet.add(picture.image, label: depth == 0 ? "\(number + 1):  \(place)" : place)
        }
        let drawn = sheet
        return try await answer { try drawn.image().png() }
    }

    /// With an edition that other weights under the model's name change, too.
    private func tree(reporting id: Int64) throws -> TreeReport? {
        var tree = try reporter.tree(id)
        tree?.edition += "-\(model.hash.prefix(8))"
        return tree
    }

    /// nil too where the script is one that this nuwad or its model takes no more: the rest of the page is there all the same.
    private func readableTree(of id: Int64) throws -> TreeReport? {
        do { return try tree(reporting: id) } catch is ScriptErrors { return nil }
    }

    func tree(of id: Int64) async throws -> TreeReport {
        try await answer { [self] in
            do {
                if let tree = try tree(reporting: id) { return tree }
            } catch let errors as ScriptErrors {
                throw ControlError.conflict("the script of job \(id) is not read any more: \(errors)")
            }
            throw ControlError.conflict("the model of job \(id) is not loaded, so its tree is not known")
        }
    }

    // MARK: - Who may

    func pageAccess(for caller: Caller) async throws -> PageAccess {
        let trouble = pageTrouble.withLock(\.self)
        return PageAccess(
            address: trouble == nil ? page?.ownURL : nil, trouble: trouble, token: pageKey.token(for: caller.user))
    }

    func caller(holding token: String) -> Caller? {
        guard let user = pageKey.user(of: token) else { return nil }
        return Caller(user: user, by: .page)
    }
}

/// The job that the page asked for last.
struct ShownJob: Sendable {
    /// What its pictures and pieces hang on; its script is always the same.
    struct Key: Equatable {
        let id: Int64
        let seed: UInt64
        let takes: [Take]
    }

    let key: Key
    let render: RenderJob
}
