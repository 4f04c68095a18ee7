import Commissions
import Diffusion
import Foundation
import Installation
import Jobs
import Models
import Plans
import Rendering
import Scripts

/// What jobs are made with and where: the model, the directories, and what becomes of a script there.
struct Workshop: Sendable {
    let paths: Paths
    let configuration: Shared<Configuration>
    let store: JobStore
    let model: Model

    /// Where films appear.
    var films: URL {
        configuration.withLock { paths.films($0) }
    }

    /// Reads a job's script again, and writes its plan down.
    /// - Throws: `ScriptErrors`, `OtherModel`, `JobStoreError`
    func renderJob(of job: Job) throws -> RenderJob {
        let render = try unplanned(job)
        let evaluations = model.configuration.evaluations(strides: render.plan.strides)
        try store.plan(render.plan.segmentIDs.map { ($0, evaluations[$0.depth]) }, for: job.id)
        return render
    }

    /// The same, and writes nothing.
    func unplanned(_ job: Job) throws -> RenderJob {
        guard job.model == model.configuration.name else {
            throw OtherModel(wanted: job.model, loaded: model.configuration.name)
        }
        let commission = try Commission(
            store.script(of: job.id), name: job.name, limits: .accepted, model: model.configuration)
        let film = films.appending(path: Self.filmName(of: job))
        let wantsSheet = configuration.withLock(\.films.sheet)
        return RenderJob(
            id: job.id, name: job.name, script: commission.text, storyboard: commission.storyboard,
            plan: commission.plan, seed: job.seed, owner: job.owner.map(Int64.init) ?? -1, priority: job.priority,
            suspects: Suspects(
                segments: Set(try store.suspects(of: job.id).map(\.segment)),
                film: try store.suspectsFilm(of: job.id)),
            stopsAtKeyframes: job.stopsAtKeyframes, takes: job.takes, output: film, replaces: false,
            sheet: wantsSheet ? film.deletingPathExtension().appendingPathExtension("png") : nil)
    }

    /// `picnic-17.mp4`; of a long name what fits, since a file's name has 255 bytes at most.
    static func filmName(of job: Job) -> String {
        var stem = (job.name as NSString).deletingPathExtension
        while stem.utf8.count > 200 { stem.removeLast() }
        return "\(stem)-\(job.id).mp4"
    }

    /// Directories in which checkpoints and films need room.
    var places: [URL] { [configuration.withLock { paths.workspace($0) }, films] }

    /// Those in which there is not enough of it for the next ones.
    func placesWithoutRoom() -> [URL] {
        // Where a file system does not tell, writing to it will.
        places.filter { (try? FileSystem(of: $0))?.hasRoom == false }
    }
}
