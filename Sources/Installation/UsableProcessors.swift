import Foundation

/// How many processors this process may keep busy.
package enum UsableProcessors {
    /// The least of the processors that the scheduler gives this process (affinity) and of the share that its control group
    /// allows (`CPUQuota=` of systemd, `--cpus` of containers), and at least 1.
    package static func count() -> Int {
        let allowed = ProcessInfo.processInfo.activeProcessorCount
        return max(1, min(allowed, ControlGroup.own?.processors.map { Int($0.rounded(.up)) } ?? allowed))
    }
}
