import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct ReproduceTests {
    @Test("A film of nuwad's is reproduced to the byte; one made otherwise is refused before anything is rendered")
    func reproduced() throws {
        let daemon = try Daemon()
        try daemon.start()
        try daemon.drop("seed 3\nframes 28\nfps 12\nf0 Pim walks.\n50% Night falls.\n")
        try daemon.waitForFilm()
        let film = daemon.filmURL().path
        let same = try daemon.control("reproduce", film)
        #expect(same.status == 0, "\(same)")
        #expect(same.output.contains("the same: \(film) is what nuwa makes of its script, byte for byte"))

        // A film whose text says another processor; the length of the text stays, so the file stays whole.
        var bytes = try Data(contentsOf: daemon.filmURL())
        let range = try #require(bytes.range(of: Data("oneDNN ".utf8)))
        bytes.replaceSubrange(range, with: Data("twoDNN ".utf8))
        let other = daemon.directory.file("other.mp4")
        try bytes.write(to: other)
        let refused = try daemon.control("reproduce", other.path, "--json")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("arithmetic: the film was made by twoDNN"))
        let answer = try JSONDecoder().decode(Answer.self, from: Data(refused.output.utf8))
        #expect(!answer.same && answer.obstacles.count == 1 && answer.difference == nil)

        let none = try daemon.control("reproduce", daemon.directory.write("no film", to: "no.mp4").path)
        #expect(none.status == 1)
    }

    private struct Answer: Decodable {
        struct Difference: Decodable { let frames: Int }

        let same: Bool
        let obstacles: [String]
        let difference: Difference?
    }
}
