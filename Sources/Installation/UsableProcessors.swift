import Foundation

/// How many processors this process may keep busy.
package enum UsableProcessors {
    /// The least of the processors that the scheduler gives this process (affinity) and of the share that its control group
    /// allows (`CPUQuota=` of systemd, `--cpus` of containers), and at least 1.
    package static func count() -> Int {
        let allowed = ProcessInfo.processInfo.activeProcessorCount
        guard let group = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8) else {
            return max(1, allowed)
        }
        let quota = quota(controlGroup: group) { try? String(contentsOfFile: "/sys/fs/cgroup" + $0, encoding: .utf8) }
        return max(1, min(allowed, quota.map { Int($0.rounded(.up)) } ?? allowed))
    }

    /// The quota in processors, by control groups version 2: the least `cpu.max` on the way from the process's group up.
    /// - Parameters:
    ///   - controlGroup: the text of `/proc/self/cgroup`
    ///   - read: the text of a file below `/sys/fs/cgroup`
    static func quota(controlGroup: String, read: (String) -> String?) -> Double? {
        guard let line = controlGroup.split(separator: "\n").first(where: { $0.hasPrefix("0::/") }) else { return nil }
        var groups = line.dropFirst("0::".count).split(separator: "/")
        var least: Double?
        while true {
            let file = (groups + ["cpu.max"]).map { "/" + $0 }.joined()
            if let words = read(file)?.split(whereSeparator: \.isWhitespace), words.count == 2,
                let time = Double(words[0]), let period = Double(words[1]), period > 0
            {
                least = min(least ?? .infinity, time / period)
            }
            if groups.popLast() == nil { return least }
        }
    }
}
