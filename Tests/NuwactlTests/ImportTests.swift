import ArgumentParser
import Scripts
import Testing

@testable import nuwactl

@Suite("nuwactl import")
struct ImportTests {
    @Test("What the file does not say is said by options, as a script says it")
    func options() throws {
        let arguments = ["import", "a.txt", "--length", "2m20s", "--fps", "12", "--seed", "7", "--model", "cartoon"]
        let command = try #require(try NuwaCtl.parseAsRoot(arguments) as? ImportCommand)
        let settings = try command.settings()
        #expect(settings.length == .time(Timecode(microseconds: 140_000_000)))
        #expect(settings.fps == 12 && settings.seed == 7 && settings.model == "cartoon" && settings.priority == nil)
    }

    @Test("A value that a script could not have is wrong usage, with what would be right")
    func wrong() throws {
        for (arguments, words) in [
            (["--length", "30"], "--length: '30' has no unit: write 'length 30s'"),
            (["--frames", "1"], "2 frames or more"),
            (["--length", "3s", "--frames", "9"], "not both"),
        ] {
            let error = try #require(throws: (any Error).self) {
                try NuwaCtl.parseAsRoot(["import", "a.txt"] + arguments)
            }
            #expect(NuwaCtl.exitCode(for: error) == .validationFailure)
            #expect(NuwaCtl.message(for: error).contains(words))
        }
    }
}
