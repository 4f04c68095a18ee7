import Foundation
import Models
import Testing

@testable import Training

@Suite struct RecipeTests {
    private let text: String

    init() throws {
        let url = Workshop.fixtures.appending(path: "../../etc/nuwa/training/mtd.toml")
        text = try String(contentsOf: url, encoding: .utf8)
    }

    private func error(_ old: String, _ new: String) -> String {
        precondition(text.contains(old))
        let error = #expect(throws: RecipeError.self) {
            try DenoiserRecipe(toml: text.replacingOccurrences(of: old, with: new), file: "r.toml")
        }
        return error?.description ?? ""
    }

    private func line(of content: String) -> Int {
        text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.hasPrefix(content) }! + 1
    }

    @Test("The one for stills is a recipe of the same kind")
    func stills() throws {
        let file = Workshop.fixtures.appending(path: "../../etc/nuwa/training/stills.toml")
        let recipe = try DenoiserRecipe(toml: String(contentsOf: file, encoding: .utf8), file: "stills.toml")
        #expect(recipe.mix.map(\.frames) == [[1, 1]])
    }

    @Test("The one that asks who is where says what the answers count, and nothing is no share")
    func figures() throws {
        let file = Workshop.fixtures.appending(path: "../../etc/nuwa/training/figures.toml")
        #expect(try DenoiserRecipe.read(file).figures == 0.1)
        #expect(try DenoiserRecipe(toml: text, file: "r.toml").figures == nil)
        #expect(
            error("seed = 1", "seed = 1\nfigures = 0.0")
                == "r.toml:\(line(of: "seed =") + 1): figures: should be more than 0, or left out")
    }

    @Test("The one for what rests shows frames their prompt's mean, and gives them noise of their own")
    func means() throws {
        let file = Workshop.fixtures.appending(path: "../../etc/nuwa/training/means.toml")
        let parts = try #require(try DenoiserRecipe.read(file).network)
        #expect(parts.runMean == true && parts.sharedNoise == 0)
        var configuration = try ModelDocument.read(in: Workshop.tiny).document.configuration
        #expect(configuration.diffusion.sharedNoise != 0 && !configuration.mtd.seesRunMean)
        configuration.add(parts)
        #expect(configuration.diffusion.sharedNoise == 0 && configuration.mtd.seesRunMean)
    }

    @Test("The example is a recipe")
    func example() throws {
        let recipe = try DenoiserRecipe(toml: text, file: "r.toml")
        #expect(recipe.batch == 4 && recipe.optimiser.rate == 6e-4 && recipe.mix.count == 6)
        #expect(recipe.network?.spaceTimeAttention == [false, false, true] && recipe.network?.runs == true)
        #expect(
            recipe.mix[0].isStills && recipe.kind(at: 0) == recipe.mix[0] && recipe.kind(at: 0.999) == recipe.mix[5])
        #expect((0..<100).count { recipe.kind(at: Double($0) / 100) == recipe.mix[1] } == 20)
    }

    @Test("Mistakes are named with their line")
    func mistakes() {
        #expect(
            error("decay = ", "dekay = ")
                == "r.toml: optimiser.decay: is missing, or not of the type that it should have")
        #expect(
            error("decay = 0.01", "decay = 0.01\nspeed = 3")
                == "r.toml:\(line(of: "decay =") + 1): optimiser.speed: no such key")
        #expect(
            error("batch = 4", "batch = 0") == "r.toml:\(line(of: "batch =")): batch: should be 1 or more")
        #expect(
            error("steps = 60000", "steps = \"many\"").hasPrefix(
                "r.toml:\(line(of: "steps =")): steps: is missing, or not of the type"))
        #expect(error("steps = 60000", "steps = ").hasPrefix("r.toml:\(line(of: "steps ="))"))
    }

    @Test("The rate warms up, falls, and ends at its last share")
    func rate() throws {
        let optimiser = try DenoiserRecipe(toml: text, file: "r.toml").optimiser
        let rates = (0...1000).map { optimiser.rate(ofStep: $0, of: 1000) }
        #expect(abs(rates[0] - 6e-4 / 300) < 1e-9)
        // The cosine falls while the warm-up rises, so the top comes a little before the end of the warm-up.
        #expect(rates.max()! < 6e-4 && (150..<300).contains(rates.firstIndex(of: rates.max()!)!))
        #expect(abs(rates[1000] - 6e-4 * 0.02) < 1e-9)
    }
}
