package import Jobs

/// What somebody can have done with jobs: a subcommand of `nuwactl`, a request, and a change of the job's state.
package enum JobVerb: Sendable, Equatable {
    /// Stops work on it for good.
    case cancel
    /// Puts a failed or cancelled one back into the queue. What it finished before is kept.
    case retry
    /// Keeps it back until it is released. One whose keyframes are being made stops when they are there, unless it is `now`.
    case hold(now: Bool)
    /// Has it stop when its keyframes are there, whether they are begun or not.
    case holdAtKeyframes
    case release
    /// Has it go on past its keyframes.
    case approve
    /// Makes its keyframes again, all of them or the one at a place from 0, with that seed or the next one.
    case reseed(keyframe: Int?, seed: UInt64?)
    /// Higher goes first, among its owner's jobs.
    case priority(Int)

    package static let priorities = -100...100

    /// Its name, as in a request's path.
    package enum Name: String, Sendable, CaseIterable {
        case cancel, retry, hold, release, approve, reseed, priority
    }

    package var name: Name {
        switch self {
        case .cancel: .cancel
        case .retry: .retry
        case .hold, .holdAtKeyframes: .hold
        case .release: .release
        case .approve: .approve
        case .reseed: .reseed
        case .priority: .priority
        }
    }

    /// The event that it is to a job's state; nil where it leaves that alone.
    package var event: JobEvent? {
        switch self {
        case .cancel: .cancel
        case .retry: .retry
        case .hold: .hold
        case .holdAtKeyframes: .holdAtKeyframes
        case .release: .release
        case .approve: .approve
        case .reseed(let keyframe, let seed): .reseed(keyframe: keyframe, seed: seed)
        case .priority: nil
        }
    }

    /// The states of jobs for which it makes sense.
    package var origins: [JobState.Name] { event?.origins ?? JobState.Name.allCases.filter { !$0.isOver } }
}

/// Which jobs a verb is for.
package enum Selection: Sendable, Equatable {
    case numbers([Int64])
    case states(Set<JobState.Name>)
    /// All for which the verb makes sense.
    case all
}

/// What somebody can have done with the whole renderer.
package enum ModeVerb: String, Sendable, CaseIterable {
    /// Renders nothing until resumed, also after a restart.
    case pause
    case resume
    /// Ends what runs, begins nothing, and stops.
    case drain
}
