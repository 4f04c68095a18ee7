import ArgumentParser
import Control
import Foundation
import Jobs
import Reports

/// JOB on the command line: a number, or the name of a script, with or without its extension.
enum JobSelector: ExpressibleByArgument, Equatable, CustomStringConvertible {
    case number(Int64)
    case name(String)

    init?(argument: String) {
        if let number = Int64(argument) {
            guard number > 0 else { return nil }
            self = .number(number)
        } else {
            guard !argument.isEmpty else { return nil }
            self = .name(argument)
        }
    }

    /// The numbers of the newest hundred jobs. Without an offer, fish would take the next argument for this one, and offer files.
    static var defaultCompletionKind: CompletionKind {
        .shellCommand("nuwactl list 2>/dev/null | awk '$1 + 0 { print $1 }'")
    }

    var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .name(let name): "\"\(name)\""
        }
    }
}

struct NoSuchJob: Error, CustomStringConvertible {
    let selector: JobSelector

    var description: String { "no job \(selector); `nuwactl list --all` shows all" }
}

extension JobSelector {
    /// The number to ask the daemon about.
    func number(from client: ControlClient) async throws -> Int64 {
        switch self {
        case .number(let number): number
        case .name(let name): try newest(await client.jobs(Self.query(name)))
        }
    }

    /// Jobs of that name, of which ``newest(_:)`` chooses.
    static func query(_ name: String) -> JobQuery { JobQuery(name: name, newestFirst: true, limit: 100) }

    /// The newest of one's own, else the newest at all.
    func newest(_ jobs: [JobReport]) throws -> Int64 {
        let own = NSUserName()
        guard let job = jobs.first(where: { $0.owner == own }) ?? jobs.first else { throw NoSuchJob(selector: self) }
        return job.id
    }
}
