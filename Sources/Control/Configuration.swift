import Foundation
import Script

/// What `nuwad.toml` says, with a default for every key. `etc/nuwa/nuwad.toml` explains each.
public struct Configuration: Sendable, Equatable {
    /// Worker threads of the renderer; 0 stands for one per processor that this process may use.
    public var workers = 0
    public var logLevel = LogLevel.info
    public var model = Model()
    public var spool = Spool()
    /// Beyond these a script is rejected.
    public var limits = ScriptLimits.default
    public var films = Films()

    public init() {}

    /// The number of worker threads to start.
    public var workerCount: Int { workers == 0 ? UsableProcessors.count() : workers }

    /// What is logged: this level and all that are graver.
    public enum LogLevel: String, Sendable, CaseIterable {
        case debug, info, notice, warning, error
    }

    public struct Model: Sendable, Equatable {
        /// A name below one of the directories of models, or a path with a `/`.
        public var name = "cartoon"
        public var precision = Precision.automatic
    }

    /// The number type that networks compute in.
    public enum Precision: String, Sendable, CaseIterable {
        /// bf16 where the processor has it natively, else f32.
        case automatic
        case f32, bf16
    }

    public struct Spool: Sendable, Equatable {
        /// Seconds for which a file that was not renamed into place must stay unchanged before it is read.
        public var settleSeconds = 2.0
        /// Seconds between two scans of the spool, besides those that a change there sets off.
        public var rescanSeconds = 30.0
    }

    public struct Films: Sendable, Equatable {
        /// Where films appear; nil for the installation's own place.
        public var directory: String?
        /// x264's constant rate factor: 1 is huge, 18 hardly to be told from the original, 51 worst.
        public var crf = 18
        /// x264's preset: slower ones make smaller files.
        public var preset = "medium"

        public static let presets = [
            "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow",
        ]
    }
}
