import ArgumentParser
import Control
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

    /// The newest job that is meant.
    func choose(from jobs: [JobReport]) throws(NoSuchJob) -> JobReport {
        let found = jobs.last { job in
            switch self {
            case .number(let number): job.id == number
            case .name(let name): job.name == name || job.name.hasPrefix(name + ".")
            }
        }
        guard let found else { throw NoSuchJob(selector: self) }
        return found
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

    var description: String { "no job \(selector); `nuwactl list` shows all" }
}

extension JobSelector {
    /// The number to ask the daemon about.
    func number(from client: ControlClient) async throws -> Int64 {
        switch self {
        case .number(let number): number
        case .name: try choose(from: await client.jobs()).id
        }
    }
}
