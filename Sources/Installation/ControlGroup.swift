import Foundation

/// What a control group (version 2) allows: the least on the way from it to the root.
package struct ControlGroup: Sendable, Equatable {
    /// `CPUQuota=` of systemd, `--cpus` of containers; nil for no limit.
    package let processors: Double?
    /// `MemoryMax=`, in bytes; nil for no limit.
    package let memory: Int64?

    /// That of this process; nil where there are no groups of version 2.
    package static var own: ControlGroup? {
        guard let text = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8) else { return nil }
        return path(in: text).map { ControlGroup(path: $0) }
    }

    /// That of nuwad as a service of the system; nil where it does not run as one.
    package static var service: ControlGroup? {
        let path = "/system.slice/nuwad.service"
        return FileManager.default.fileExists(atPath: "/sys/fs/cgroup" + path) ? ControlGroup(path: path) : nil
    }

    /// - Parameters:
    ///   - path: below `/sys/fs/cgroup`
    ///   - read: the text of a file below `/sys/fs/cgroup`
    init(
        path: String,
        read: (String) -> String? = { try? String(contentsOfFile: "/sys/fs/cgroup" + $0, encoding: .utf8) }
    ) {
        var groups = path.split(separator: "/")
        var processors: Double?
        var memory: Int64?
        while true {
            func words(_ file: String) -> [Substring] {
                read((groups + [file[...]]).map { "/" + $0 }.joined())?.split(whereSeparator: \.isWhitespace) ?? []
            }
            let quota = words("cpu.max").compactMap { Double($0) }
            if quota.count == 2, quota[1] > 0 { processors = min(processors ?? .infinity, quota[0] / quota[1]) }
            if let limit = words("memory.max").first.flatMap({ Int64($0) }) { memory = min(memory ?? .max, limit) }
            if groups.popLast() == nil { break }
        }
        self.processors = processors
        self.memory = memory
    }

    /// - Parameter text: of `/proc/self/cgroup`
    static func path(in text: String) -> String? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("0::/") }
        return line.map { String($0.dropFirst("0::".count)) }
    }
}

/// How many processors this process may keep busy.
package enum UsableProcessors {
    /// The least of the processors that the scheduler gives this process (affinity) and of the share that its control group
    /// allows (`CPUQuota=` of systemd, `--cpus` of containers), and at least 1.
    package static func count() -> Int {
        let allowed = ProcessInfo.processInfo.activeProcessorCount
        return max(1, min(allowed, ControlGroup.own?.processors.map { Int($0.rounded(.up)) } ?? allowed))
    }
}
