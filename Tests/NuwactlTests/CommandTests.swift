import ArgumentParser
import Control
import Files
import Foundation
import Installation
import Jobs
import Reports
import TestSupport
import Testing

@testable import nuwactl

@Suite("The command line of nuwactl")
struct CommandTests {
    @Test("Without a subcommand it is status")
    func status() throws {
        let command = try #require(try NuwaCtl.parseAsRoot([]) as? StatusCommand)
        #expect(!command.options.json)
        #expect(command.options.paths.socket.path == "/run/nuwa/nuwad.sock")
    }

    @Test("Of many jobs status tells of twenty, list of the newest hundred, and both of more where that is asked for")
    func bounds() throws {
        #expect(try #require(try NuwaCtl.parseAsRoot([]) as? StatusCommand).jobs == 20)
        #expect(try #require(try NuwaCtl.parseAsRoot(["--jobs", "1000"]) as? StatusCommand).jobs == 1000)
        for wrong in ["1001", "-1", "all"] {
            #expect(throws: (any Error).self) { try NuwaCtl.parseAsRoot(["status", "--jobs", wrong]) }
        }
        let found = (1...101).map { id in
            var job = Sample.done
            job.id = Int64(102 - id)
            return job
        }
        let list = ListCommand.newest(of: found)
        #expect(list.jobs.map(\.id) == Array(2...101))
        #expect(list.more == true)
        #expect(ListCommand.newest(of: Array(found.prefix(100))).more == nil)
    }

    @Test("Every subcommand takes --root, --socket and --json")
    func options() throws {
        for arguments in [
            ["status"], ["list"], ["show", "1"], ["watch"], ["cancel", "1"], ["retry", "1"], ["check", "a"],
            ["hold", "1"], ["release", "1"], ["priority", "1", "5"], ["wait", "1"], ["logs", "1"], ["pause"],
            ["resume"],
            ["drain"], ["clean"], ["import", "a"], ["reproduce", "a.mp4"], ["doctor"],
        ] {
            let command = try NuwaCtl.parseAsRoot(arguments + ["--root", "/tmp/try", "--socket", "/tmp/s", "--json"])
            let options = Mirror(reflecting: command).descendant("_options").map { "\($0)" } ?? ""
            #expect(options.contains("/tmp/try") && options.contains("/tmp/s"), "\(arguments): \(options)")
        }
    }

    @Test("reproduce hands over all that nuwa advises: the film's script, where to keep the film, and to go on anyway")
    func reproduce() throws {
        func handedOver(_ arguments: String...) throws -> [String] {
            try #require(try NuwaCtl.parseAsRoot(["reproduce", "a.mp4"] + arguments) as? ReproduceCommand).arguments
        }
        #expect(try handedOver() == ["reproduce", "a.mp4"])
        #expect(
            try handedOver("--anyway", "--script", "a.nuwa", "-o", "b.mp4", "--root", "/r", "--json") == [
                "reproduce", "a.mp4", "--output", "b.mp4", "--script", "a.nuwa", "--root", "/r", "--anyway", "--json",
            ])
    }

    @Test("doctor hands over which installation, and which configuration")
    func doctor() throws {
        let words = ["doctor", "--root", "/r", "--config", "/c.toml", "--json"]
        #expect(try (NuwaCtl.parseAsRoot(words) as? DoctorCommand)?.arguments == words)
        #expect(try (NuwaCtl.parseAsRoot(["doctor"]) as? DoctorCommand)?.arguments == ["doctor"])
    }

    @Test("fish offers files for the second word of edit, the script, and jobs for the first")
    func completions() throws {
        let edit = NuwaCtl.completionScript(for: .fish).split(separator: "\n").filter {
            $0.contains("for_positional \"nuwactl edit\"")
        }
        #expect(edit.count == 2)
        #expect(edit.first?.contains("-eq 1' -fka '(nuwactl list ") == true)
        #expect(edit.last?.hasSuffix("-eq 2' -F") == true)
    }

    @Test("Options may stand before the subcommand as well as after it")
    func order() throws {
        let reordered = NuwaCtl.subcommandFirst(["--root", "/tmp/try", "--json", "show", "--socket", "/s", "1"])
        #expect(reordered == ["show", "--root", "/tmp/try", "--json", "--socket", "/s", "1"])
        for same in [
            [], ["--generate-completion-script", "zsh"], ["list"], ["list", "--root", "/tmp/try"], ["--help"],
            ["--json"], ["--root"], ["show", "1"], ["--jobs", "5"],
        ] {
            #expect(NuwaCtl.subcommandFirst(same) == same)
        }
        #expect(try NuwaCtl.parseAsRoot(NuwaCtl.subcommandFirst(["--root", "/tmp/try", "list"])) is ListCommand)
    }

    @Test("A job is meant by its number, or by its script's name: then the newest")
    func selectors() throws {
        #expect(JobSelector(argument: "17") == .number(17))
        #expect(JobSelector(argument: "picnic") == .name("picnic"))
        #expect(JobSelector(argument: "0") == nil)
        #expect(JobSelector(argument: "-3") == nil)
        #expect(try JobSelector.name("picnic").newest([Sample.running]) == 17)
        let error = #expect(throws: NoSuchJob.self) { try JobSelector.name("pic").newest([]) }
        #expect(error?.description == "no job \"pic\"; `nuwactl list --all` shows all")
    }

    @Test("Every verb takes the same selection: jobs, --all or --state, and exactly one of them")
    func selections() throws {
        for verb in ["cancel", "retry", "hold", "release", "wait"] {
            _ = try NuwaCtl.parseAsRoot([verb, "17", "picnic"])
            _ = try NuwaCtl.parseAsRoot([verb, "--all"])
            _ = try NuwaCtl.parseAsRoot([verb, "--state", "failed", "--state", "blocked"])
            for wrong in [[], ["17", "--all"], ["--all", "--state", "failed"], ["--state", "lost"]] {
                #expect(throws: (any Error).self) { try NuwaCtl.parseAsRoot([verb] + wrong) }
            }
        }
        let all = try #require(try NuwaCtl.parseAsRoot(["retry", "--all-failed"]) as? RetryCommand)
        #expect(all.selection.states == [.failed])
        let priority = try #require(try NuwaCtl.parseAsRoot(["priority", "picnic", "17", "5"]) as? PriorityCommand)
        #expect(priority.verb == .priority(5))
        #expect(priority.selection.jobs == [.name("picnic"), .number(17)])
        for wrong in [["picnic"], ["5"], ["picnic", "101"]] {
            #expect(throws: (any Error).self) { try NuwaCtl.parseAsRoot(["priority"] + wrong) }
        }
    }

    @Test("Wrong usage, a missing daemon and a missing job have exit statuses of their own")
    func statuses() {
        #expect(
            ExitStatus.status(for: ControlClientError.notRunning(cause: SystemError("connect to", "/s", code: ENOENT)))
                == .noDaemon)
        #expect(ExitStatus.status(for: ControlClientError.refused(status: 404, message: "no job 9")) == .noSuchJob)
        #expect(ExitStatus.status(for: ControlClientError.refused(status: 409, message: "is done")) == .failure)
        #expect(ExitStatus.status(for: NoSuchJob(selector: .number(9))) == .noSuchJob)
        for wrong in [["show"], ["show", "0"], ["frobnicate"], ["status", "--jsno"]] {
            let error = #expect(throws: (any Error).self) { try NuwaCtl.parseAsRoot(wrong) }
            if let error { #expect(NuwaCtl.exitCode(for: error) == .validationFailure, "\(wrong)") }
        }
    }
}
