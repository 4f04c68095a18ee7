import Foundation

/// The commands of Slurm, as they are on every machine from which jobs are submitted: sbatch(1), squeue(1), scancel(1),
/// scontrol(1), sacct(1).
struct Slurm: Sendable {
    /// One element of a job array, or one job.
    struct ElementID: Hashable, Sendable, CustomStringConvertible {
        let job: Int
        let index: Int

        /// As scancel(1) and `--dependency` take it.
        var description: String { "\(job)_\(index)" }
    }

    /// What squeue(1) says of an element.
    struct Entry: Sendable, Equatable {
        let id: ElementID
        /// That of its job.
        let name: String
        let state: State
    }

    enum State: Sendable, Equatable {
        case waiting
        case running
        /// It is in the list still, and over: `FAILED`, `NODE_FAIL`, `TIMEOUT`, `CANCELLED`, `COMPLETED`, …
        case over(String)

        init(_ word: String) {
            switch word {
            case "PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "SUSPENDED", "RESV_DEL_HOLD": self = .waiting
            case "RUNNING", "COMPLETING", "STAGE_OUT", "SIGNALING", "STOPPED", "RESIZING": self = .running
            default: self = .over(word)
            }
        }

        var isOver: Bool { if case .over = self { true } else { false } }
    }

    /// A command that did not do what it should: Slurm's own words on it.
    struct Refusal: Error, CustomStringConvertible {
        let command: String
        let reason: String

        var description: String { "\(command): \(reason)" }
    }

    /// The elements of all jobs of this user that are in the queue, by whatever names.
    func queue() throws -> [Entry] {
        let user = String(getuid())
        let text = try Self.run(
            "squeue", ["--noheader", "--array", "--user", user, "--states", "all", "--format", "%F|%K|%T|%j"])
        return text.split(separator: "\n").compactMap(Self.entry)
    }

    /// `17|3|RUNNING|nuwa-…`; what is no element of an array has no number, and none of ours is such.
    static func entry(_ line: some StringProtocol) -> Entry? {
        let parts = String(line).split(separator: Character("|"), maxSplits: 3).map(String.init)
        guard parts.count == 4, let job = Int(parts[0]), let index = Int(parts[1]) else { return nil }
        return Entry(id: ElementID(job: job, index: index), name: parts[3], state: State(parts[2]))
    }

    /// How many elements a job array may have.
    func arrayLimit() throws -> Int {
        let text = try Self.run("scontrol", ["show", "config"])
        let line = text.split(separator: "\n").first { $0.hasPrefix("MaxArraySize") }
        // Indices are below it.
        return max(
            1, line.flatMap { Int($0.split(separator: "=").last?.trimmingCharacters(in: .whitespaces) ?? "") } ?? 1001)
    }

    /// Returns the job's number.
    func submit(name: String, count: Int, after: ElementID?, script: URL, log: URL, options: [String]) throws -> Int {
        // nuwad decides what is tried again, so Slurm does not. Whoever waits for what failed would wait for ever.
        var arguments = [
            "--parsable", "--no-requeue", "--kill-on-invalid-dep=yes", "--job-name=\(name)", "--array=0-\(count - 1)",
            "--ntasks=1", "--cpus-per-task=1", "--chdir=/", "--open-mode=append",
            "--output=\(log.path)/%a.out", "--error=\(log.path)/%a.err",
        ]
        if let after { arguments.append("--dependency=afterok:\(after)") }
        let text = try Self.run("sbatch", arguments + options + [script.path])
        // With several clusters the number is followed by `;` and the cluster's name.
        guard let job = Int(text.prefix { $0.isNumber }) else {
            throw Refusal(command: "sbatch", reason: "expected a job's number, and it says \(text)")
        }
        return job
    }

    func cancel(_ elements: [ElementID]) throws {
        guard !elements.isEmpty else { return }
        _ = try Self.run("scancel", ["--quiet"] + elements.map(\.description))
    }

    /// How an element ended, as far as anybody knows: from the accounting where there is one, else from the controller, which
    /// remembers for MinJobAge.
    func end(of element: ElementID) -> String? {
        if let text = try? Self.run(
            "sacct",
            [
                "--noheader", "--parsable2", "--allocations", "--starttime=now-30days", "--format=State,ExitCode",
                "--jobs=\(element)",
            ]),
            let line = text.split(separator: "\n").first
        {
            return String(line).replacing("|", with: ", exit code ")
        }
        let text: String
        do {
            text = try Self.run("scontrol", ["--oneliner", "show", "job", element.description])
        } catch {
            return "it left Slurm's queue, which cannot say why (\(error))"
        }
        let words = text.split(separator: " ").filter { word in
            ["JobState=", "ExitCode=", "Reason=", "NodeList="].contains { word.hasPrefix($0) }
        }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    private static func run(_ command: String, _ arguments: [String]) throws -> String {
        let outcome = try Command.run(command, arguments)
        guard outcome.status == 0 else {
            let reason = outcome.errors.trimmingCharacters(in: .whitespacesAndNewlines)
            throw Refusal(
                command: command,
                reason: (reason.isEmpty ? "" : "\(reason); ") + "exit status \(outcome.status)")
        }
        return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
