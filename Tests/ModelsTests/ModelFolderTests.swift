import Foundation
import Models
import TestSupport
import Testing

@Suite struct ModelFolderTests {
    @Test("A model is the first of its name, and one that is nowhere is told with where it was looked for")
    func search() throws {
        let directory = try TemporaryDirectory()
        let folders = ModelFolders([directory.file("first"), directory.file("second")])
        let error = try #require(throws: ModelNotFound.self) { try folders.directory(of: "tiny") }
        #expect(error.description.contains(directory.file("first/tiny/model.json").path))
        #expect(error.description.hasSuffix("; set model.name in nuwad.toml to a model that is installed"))
        let own = try #require(throws: ModelNotFound.self) { try folders.directory(of: "tiny", remedy: "install it") }
        #expect(own.description.hasSuffix("second/tiny/model.json; install it"))

        for folder in ["second", "first"] {
            try FileManager.default.createDirectory(at: directory.file(folder), withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: Fixtures.tinyModel, to: directory.file("\(folder)/tiny"))
            #expect(try folders.directory(of: "tiny").path == directory.file("\(folder)/tiny").path)
        }
        let second = directory.file("second/tiny").path
        #expect(try folders.directory(of: second).path == second)
    }

    @Test("A model's document is read without its networks, and its bytes are those of the file")
    func document() throws {
        let (document, bytes) = try ModelDocument.read(in: Fixtures.tinyModel)
        #expect(document.configuration.name == "tiny")
        #expect(document.configuration.segmentFrames == 4)
        #expect(document.configuration.text.tokenizer.vocabulary.contains("pim"))
        #expect(document.files.keys.sorted() == ["mtd.safetensors", "text.safetensors", "vae.safetensors"])
        #expect(bytes == (try Data(contentsOf: Fixtures.tinyModel.appending(path: "model.json"))))
    }
}
