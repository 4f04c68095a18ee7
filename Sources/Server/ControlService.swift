package import Control
package import Foundation
package import Jobs
package import Reports

/// What can be asked of a running daemon. `nuwad` implements it, `ControlServer` puts it on a socket, and `ControlClient` is the
/// other end: the same verbs at each place.
package protocol ControlService: Sendable {
    /// - Parameter jobs: how many jobs to tell of at most
    func status(jobs: Int) async throws -> StatusReport
    /// What a monitoring system wants to know.
    func metrics() async throws -> Metrics
    /// Jobs by number.
    func jobs(_ query: JobQuery) async throws -> [JobReport]
    /// One job.
    /// - Parameter brief: without its script and what is to be known of it
    /// - Throws: `ControlError.noSuchJob`
    func job(_ id: Int64, brief: Bool) async throws -> JobReport
    /// One job's tree of segments.
    /// - Throws: `ControlError.noSuchJob`; `.conflict` where its model is not at hand
    func tree(of id: Int64) async throws -> TreeReport
    /// The contact sheet of what there is of a job so far, as PNG: its film, else the finest depth that is whole.
    /// - Throws: `ControlError.noSuchJob`; `.conflict` where there is nothing yet
    func sheet(of id: Int64) async throws -> Data
    /// Where the page is, and what lets the caller act there.
    func pageAccess(for caller: Caller) async throws -> PageAccess
    /// What happened to a job, oldest first.
    /// - Parameter after: only events of higher numbers
    /// - Throws: `ControlError.noSuchJob`
    func events(of id: Int64, after: Int64) async throws -> EventList
    /// Has a verb happen to one job. Returns once it has: no worker is at a job any more that was cancelled or held.
    /// - Throws: `ControlError.noSuchJob`; `.forbidden` where it is another's; `.conflict` where its state does not allow it
    func steer(_ verb: JobVerb, _ id: Int64, by caller: Caller) async throws -> JobReport
    /// Has a verb happen to many jobs; those that refuse stay as they are.
    /// - Throws: `ControlError.noSuchJob` before anything happens
    func steer(_ verb: JobVerb, _ selection: Selection, by caller: Caller) async throws -> SteeringReport
    /// Pauses or resumes all rendering, or has it end. Returns once nothing is at work that must not be, but for a drain,
    /// which goes on for as long as what runs.
    /// - Throws: `ControlError.forbidden`
    func change(_ verb: ModeVerb, by caller: Caller) async throws -> StatusReport
    /// Removes what finished jobs have left behind, as the configuration says.
    /// - Parameter dryRun: only tells what would go
    /// - Throws: `ControlError.forbidden`
    func clean(dryRun: Bool, by caller: Caller) async throws -> CleaningReport
}

/// A request that cannot be met, with the sentence that the user sees.
package enum ControlError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The request itself is wrong: 400.
    case badRequest(String)
    /// The caller may look, but not do that: 403.
    case forbidden(String)
    /// 404
    case noSuchJob(Int64)
    /// The job's state does not allow it: 409.
    case conflict(String)

    package var description: String {
        switch self {
        case .badRequest(let message), .forbidden(let message), .conflict(let message): message
        case .noSuchJob(let id): "\(JobStoreError.noSuchJob(id))"
        }
    }
}
