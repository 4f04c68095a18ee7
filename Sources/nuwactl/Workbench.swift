import Files
import Foundation

/// `nuwa`, which has the engine that nuwactl does without.
enum Workbench {
    /// Turns this process into `nuwa` with these arguments. Returns only by throwing.
    static func become(_ arguments: [String]) throws -> Never {
        let program = try find()
        let strings = ([program.path] + arguments).map { strdup($0) }
        execv(program.path, strings + [nil])
        let cause = SystemError("run", program.path)
        strings.forEach { free($0) }
        throw WorkbenchMissing.unusable(cause: cause)
    }

    /// The one of the same installation or build.
    private static func find() throws -> URL {
        let own = Bundle.main.executableURL?.resolvingSymlinksInPath()
        guard let program = own?.deletingLastPathComponent().appending(path: "nuwa"),
            FileManager.default.isExecutableFile(atPath: program.path)
        else { throw WorkbenchMissing.absent }
        return program
    }
}

enum WorkbenchMissing: Error, CustomStringConvertible {
    case absent
    case unusable(cause: SystemError)

    var description: String {
        let reason =
            switch self {
            case .absent: "there is no program nuwa beside nuwactl"
            case .unusable(let cause): "\(cause)"
            }
        return "\(reason); it renders and measures for nuwactl"
    }
}
