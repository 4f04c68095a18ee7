import Foundation

/// `nuwa`, which has the engine that nuwactl does without.
enum Workbench {
    /// Turns this process into `nuwa` with these arguments. Returns only by throwing.
    static func become(_ arguments: [String]) throws -> Never {
        let program = try find()
        let strings = ([program.path] + arguments).map { strdup($0) }
        execv(program.path, strings + [nil])
        let reason = String(cString: strerror(errno))
        strings.forEach { free($0) }
        throw WorkbenchMissing(reason: "\(program.path) cannot be run: \(reason)")
    }

    /// The one of the same installation or build.
    private static func find() throws -> URL {
        let own = Bundle.main.executableURL?.resolvingSymlinksInPath()
        guard let program = own?.deletingLastPathComponent().appending(path: "nuwa"),
            FileManager.default.isExecutableFile(atPath: program.path)
        else { throw WorkbenchMissing(reason: "there is no program nuwa beside nuwactl") }
        return program
    }
}

struct WorkbenchMissing: Error, CustomStringConvertible {
    let reason: String

    var description: String { "\(reason); it renders and measures for nuwactl" }
}
