import Foundation
import Models
import Tensors
import Testing

@testable import Diffusion

@Suite struct ModelLoadingTests {
    private func refused(_ copy: ModelCopy, sourceLocation: SourceLocation = #_sourceLocation) -> ModelError? {
        let error = #expect(throws: ModelError.self, sourceLocation: sourceLocation) { try copy.load() }
        if let error { print(error) }
        return error
    }

    @Test("A model's configuration, vocabulary and hash are read")
    func loads() throws {
        let model = try Model.load(directory: Fixtures.tiny)
        #expect(model.configuration.name == "tiny")
        #expect(model.configuration.segmentFrames == 4)
        #expect(model.configuration.latentShape == (4, 4, 4))
        #expect(model.configuration.sampling.effort(atDepth: 0, stride: 9).steps == 4)
        #expect(model.configuration.sampling.effort(atDepth: 7, stride: 1).steps == 2)
        #expect(model.configuration.sampling.effort(atDepth: 1, stride: 3).guidance == 1.5)
        let vocabulary = model.text.tokenizer.vocabulary
        #expect(vocabulary.contains("pim") && !vocabulary.contains("<pad>"))
        #expect(model.hash.count == 64)
    }

    @Test("Films may be larger than what the encoder takes, and say whose encoder it is")
    func larger() throws {
        let model = try Model.load(directory: Fixtures.extended)
        #expect(model.configuration.video == .init(width: 64, height: 64))
        #expect(model.configuration.entering == .init(width: 32, height: 32))
        #expect(model.configuration.latentShape == (4, 4, 4))
        #expect(model.encoderHash == (try Model.load(directory: Fixtures.tiny)).encoderHash)
    }

    @Test("The hash changes with the configuration")
    func hash() throws {
        let copy = try ModelCopy()
        let before = try copy.load().hash
        try copy.edit("\"condition_level\": 50", "\"condition_level\": 51")
        #expect(try copy.load().hash != before)
    }

    @Test("A configuration survives being written and read")
    func configurationRoundTrip() throws {
        let configuration = try Model.load(directory: Fixtures.tiny).configuration
        let data = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(ModelConfiguration.self, from: data) == configuration)
    }

    @Test("A directory without a model is refused")
    func noModel() throws {
        let error = #expect(throws: ModelError.self) { try Model.load(directory: Fixtures.directory) }
        #expect("\(error!)".contains("Fixtures/model.json: cannot be read"))
    }

    @Test("A missing weights file is refused by name", arguments: ["vae", "mtd", "text"])
    func missingFile(name: String) throws {
        let copy = try ModelCopy()
        try FileManager.default.removeItem(at: copy.file("\(name).safetensors"))
        #expect("\(refused(copy)!)".contains("\(name).safetensors: cannot be read"))
    }

    @Test("Another format is refused")
    func format() throws {
        let copy = try ModelCopy()
        try copy.set("format", to: 2)
        #expect(refused(copy) == .unknownFormat(file: copy.file("model.json").path, found: 2, supported: 1))
    }

    @Test(
        "A key of model.json that is missing, mistyped or has no sense is refused by name",
        arguments: [
            ("\"latent_channels\": 4,\n  \"patch\"", "\"patch\"", "vae.latent_channels", "is missing"),
            ("\"format\": 1,", "", "format", "is missing"),
            ("\"segment_frames\": 4", "\"segment_frames\": \"four\"", "mtd.segment_frames", "is not of type Int"),
            ("\"velocity\"", "\"speed\"", "diffusion.objective", "speed"),
            ("\"shared_noise\": 0.5", "\"shared_noise\": 1.5", "diffusion.shared_noise", "1.5 is not between 0 and 1"),
            ("\"crossfade\"", "\"cut\"", "mtd.between", "cut"),
            (
                "\"groups\": 8,\n  \"heads\": 2,\n  \"feed", "\"groups\": 7,\n  \"heads\": 2,\n  \"feed",
                "mtd.channels", "multiple of mtd.groups (7)"
            ),
            ("\"text_width\": 16", "\"text_width\": 12", "mtd.text_width", "text.width is 16"),
            ("\"height\": 32", "\"height\": 36", "video.height", "36 is not a multiple of 32"),
            ("\"patch\": 2", "\"patch\": 2, \"upscale\": 2", "video.width", "32 is not a multiple of 64"),
            ("\"patch\": 2", "\"patch\": 2, \"upscale\": 17", "vae.upscale", "17 is not between 1 and 16"),
            ("\"condition_level\": 50", "\"condition_level\": 1000", "sampling.condition_level", "between 0 and 999"),
            ("\"<unknown>\"", "\"<what>\"", "text.vocabulary", "does not begin with <pad>, <start>, <unknown>"),
            ("\"patch\": 2", "\"patch\": 4611686018427387904", "vae.patch", "is not between 1 and 65536"),
            ("\"tree\"", "\"pim\"", "text.vocabulary", "more than once"),
        ])
    func keys(old: String, new: String, key: String, reason: String) throws {
        let copy = try ModelCopy()
        try copy.edit(old, new)
        guard case .configuration(let file, key, let found) = refused(copy) else {
            Issue.record("not refused for \(key)")
            return
        }
        #expect(file == copy.file("model.json").path)
        #expect(found.contains(reason))
    }

    @Test(
        "A judge that could not judge is refused by name",
        arguments: [
            ("\"draws\": 3", "\"draws\": 1", "judge.draws", "1 is not between 2 and 100"),
            ("\"channels\": 12", "\"channels\": 0", "judge.channels", "0 is not between 1 and 4096"),
            ("\"Lulu\"", "\"Mr Lulu\"", "judge.names", "words of prompts"),
            ("\"Lulu\"", "\"pim\"", "judge.names", "none of them twice"),
            ("[0, 4]", "[0, 12]", "judge.heats", "below judge.channels (12)"),
            ("[1, 2]", "[1, 8]", "judge.traits", "beyond judge.channels"),
            ("[1, 2]", "[1, 9223372036854775807]", "judge.traits", "beyond judge.channels"),
            ("[1, 2]", "[1, 2, 3]", "judge.traits", "2 alternatives, channels for 3"),
            ("\"sits\"", "\"Sits\"", "judge.traits", "in small letters"),
            ("\"ways\": [null, 0]", "\"ways\": [null, -9223372036854775808]", "judge.traits", "1, 0, -1 or null"),
            ("\"way_frames\": 12", "\"way_frames\": 0", "judge.traits", "way_frames"),
        ])
    func judges(old: String, new: String, key: String, reason: String) throws {
        let judge = """
            "judge": {"names": ["Pim", "Lulu"], "heats": [0, 4], "channels": 12, "draws": 3, "traits": [
              {"channels": [1, 2], "words": [["walk"], ["sits"]], "ways": [null, 0], "way_frames": 12}]},
            """
        try #require(judge.contains(old))
        let copy = try ModelCopy()
        try copy.edit("\"format\": 1,", "\"format\": 1," + judge.replacing(old, with: new))
        guard case .configuration(_, key, let found) = refused(copy) else {
            Issue.record("not refused for \(key)")
            return
        }
        #expect(found.contains(reason))
    }

    @Test("A model.json that is not JSON is refused")
    func notJSON() throws {
        let copy = try ModelCopy()
        try Data("{ \"format\": 1,".utf8).write(to: copy.file("model.json"))
        #expect("\(refused(copy)!)".contains("model.json: "))
    }

    @Test("A missing tensor is refused by name, with the shape that it should have")
    func missingTensor() throws {
        let copy = try ModelCopy()
        try copy.rewrite("mtd.safetensors") { $0["up_blocks.1.shortcut.weight"] = nil }
        #expect(
            refused(copy)
                == .missingTensor(
                    file: copy.file("mtd.safetensors").path, tensor: "up_blocks.1.shortcut.weight",
                    expected: [24, 48, 1, 1]))
    }

    @Test("A misnamed tensor is refused: the name that is missing")
    func renamedTensor() throws {
        let copy = try ModelCopy()
        try copy.rewrite("text.safetensors") { $0["token.wait"] = $0.removeValue(forKey: "token.weight") }
        #expect(
            refused(copy)
                == .missingTensor(
                    file: copy.file("text.safetensors").path, tensor: "token.weight", expected: [57, 16]))
    }

    @Test("A tensor that has no place is refused by name")
    func unexpectedTensor() throws {
        let copy = try ModelCopy()
        try copy.rewrite("vae.safetensors") { $0["decoder.extra.bias"] = ([2], [1, 2]) }
        #expect(
            refused(copy)
                == .unexpectedTensors(file: copy.file("vae.safetensors").path, tensors: ["decoder.extra.bias"]))
    }

    @Test("A misshapen tensor is refused, with the shape it has and the one it should have")
    func misshapenTensor() throws {
        let copy = try ModelCopy()
        try copy.rewrite("vae.safetensors") {
            $0["decoder.conv_in.spatial.weight"]?.shape = [4, 24, 3, 3]
        }
        #expect(
            refused(copy)
                == .misshapenTensor(
                    file: copy.file("vae.safetensors").path, tensor: "decoder.conv_in.spatial.weight",
                    expected: [24, 4, 3, 3], found: [4, 24, 3, 3]))
    }

    @Test("A truncated weights file is refused", arguments: [4, 700, 200_000])
    func truncated(bytes: Int) throws {
        let copy = try ModelCopy()
        let url = copy.file("mtd.safetensors")
        try Data(contentsOf: url).prefix(bytes).write(to: url)
        guard case .damaged(url.path, _, _) = refused(copy) else {
            Issue.record("not refused as damaged")
            return
        }
    }

    @Test("Weights with a flipped bit are refused by their hash")
    func flippedBit() throws {
        let copy = try ModelCopy()
        let url = copy.file("text.safetensors")
        var data = try Data(contentsOf: url)
        data[data.count - 100] ^= 4
        try data.write(to: url)
        guard case .wrongHash(url.path, _, _) = refused(copy) else {
            Issue.record("not refused for its hash")
            return
        }
    }

    @Test("The weights of another model are refused")
    func otherSize() throws {
        let copy = try ModelCopy()
        try copy.edit("\"max_tokens\": 16", "\"max_tokens\": 17")
        #expect(
            refused(copy)
                == .misshapenTensor(
                    file: copy.file("text.safetensors").path, tensor: "position.weight", expected: [17, 16],
                    found: [16, 16]))
    }
}
