package import Encoding
import Foundation
package import Models
package import Scripts

/// What `nuwad.toml` says, with a default for every key. `etc/nuwa/nuwad.toml` explains each.
package struct Configuration: Sendable, Equatable {
    /// Worker threads of the renderer; 0 stands for one per processor that this process may use.
    package var workers = 0
    package var logLevel = LogLevel.info
    /// Whether every job waits for approval when its keyframes are there.
    package var approve = false
    package var model = Model()
    package var spool = Spool()
    /// Beyond these a script is rejected.
    package var limits = ScriptLimits.default
    package var films = Films()
    package var executor = Executor()
    package var control = Control()
    package var page = Page()
    package var retention = Retention()

    package init() {}

    /// The number of worker threads to start.
    package var workerCount: Int { workers == 0 ? UsableProcessors.count() : workers }

    /// What is logged: this level and all that are graver.
    package enum LogLevel: String, Sendable, CaseIterable {
        case debug, info, notice, warning, error
    }

    package struct Model: Sendable, Equatable {
        /// A name below one of the directories of models, or a path with a `/`.
        package var name = "cartoon"
        package var precision = Precision.automatic
    }

    package struct Spool: Sendable, Equatable {
        /// Seconds for which a file that was not renamed into place must stay unchanged before it is read.
        package var settleSeconds = 2.0
        /// Seconds between two scans of the spool, besides those that a change there sets off.
        package var rescanSeconds = 30.0
        /// The same where nothing tells of changes.
        package var pollSeconds: Double { min(rescanSeconds, 2) }
    }

    /// Who makes segments.
    package struct Executor: Sendable, Equatable {
        package enum Kind: String, Sendable, CaseIterable {
            case threads, slurm
        }

        package var kind = Kind.threads
        /// Where checkpoints and chunks are; nil for the installation's own place.
        package var workspace: String?
        /// The program `nuwa` on the nodes; nil for the one beside nuwad.
        package var program: String?
        /// How long an element of a job array should take.
        package var elementMinutes = 5.0
        /// The largest number of elements in the queue.
        package var queued = 64
        /// Seconds between two looks at the queue.
        package var pollSeconds = 5.0
        /// More options for sbatch(1).
        package var sbatch: [String] = []
    }

    package struct Control: Sendable, Equatable {
        /// Whose members may steer all jobs; it need not exist.
        package var adminGroup = "nuwa-admin"
    }

    /// The page for browsers.
    package struct Page: Sendable, Equatable {
        /// A port of this machine itself where it is served, beside the control socket; nil for none.
        package var listen: LoopbackAddress?
    }

    /// How long what finished jobs leave behind is kept.
    package struct Retention: Sendable, Equatable {
        /// So many days since it was last used; 0 for ever.
        package var days = 30.0
        /// So many GiB of it in all; 0 without a bound.
        package var gib = 20.0
    }

    package struct Films: Sendable, Equatable {
        /// Where films appear; nil for the installation's own place.
        package var directory: String?
        package var encoding = FilmEncoding.standard
        /// Whether each film has a contact sheet beside it.
        package var sheet = false
    }
}
