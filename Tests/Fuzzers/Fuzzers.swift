@testable import Commissions
import Foundation
import Imports
import Models
@testable import Rendering
import Scripts
import Tensors

/// What reads bytes that somebody else wrote. None may crash, hang or take memory without measure, whatever the bytes are.
enum Target: String, CaseIterable {
    /// A script in nuwa's own format, or in one that people have.
    case scripts
    /// `model.json`
    case models
    /// The header of a safetensors file, and its values.
    case safetensors
    /// A segment's checkpoint.
    case checkpoints

    /// Names by which formats are told apart; the first byte of an input chooses.
    private static let names = ["a.nuwa", "a.srt", "a.vtt", "a.json", "a.txt"]
    private static let fingerprint = try! Fingerprint(of: ["a": "checkpoint"])
    private static let folder = FileManager.default.temporaryDirectory.appending(path: "nuwa-fuzz-\(getpid())")
    private static let model = try! ModelDocument.read(
        in: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/models/tiny")
    ).document.configuration

    static func makeFolder() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func read(_ input: UnsafeRawBufferPointer) {
        switch self {
        case .scripts:
            guard let first = input.first else { return }
            let name = Self.names[Int(first) % Self.names.count]
            _ = try? Commission(Data(input.dropFirst()), name: name, limits: .default, model: Self.model)
        case .models:
            write(input, "model.json")
            _ = try? ModelDocument.read(in: Self.folder)
        case .safetensors:
            guard let file = try? SafetensorsFile(write(input, "weights.safetensors")) else { return }
            for name in file.names { _ = try? file.floats(name) }
        case .checkpoints:
            _ = try? Checkpoint(fingerprint: Self.fingerprint).decode(write(input, "checkpoint.safetensors"))
        }
    }

    /// The readers map files, so their input has to be one. Written over: nothing of the input before is mapped any more.
    @discardableResult
    private func write(_ input: UnsafeRawBufferPointer, _ name: String) -> URL {
        let file = Self.folder.appending(path: name)
        let descriptor = open(file.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        precondition(Foundation.write(descriptor, input.baseAddress, input.count) == input.count)
        close(descriptor)
        return file
    }
}

/// libFuzzer, as the toolchain brings it: mutates what is in the corpora, and keeps what reaches code that was not reached before.
@_silgen_name("LLVMFuzzerRunDriver")
private func run(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

nonisolated(unsafe) private var target = Target.scripts

@main struct Fuzzers {
    static func main() throws {
        guard let name = ProcessInfo.processInfo.environment["FUZZ"], let wanted = Target(rawValue: name) else {
            fatalError("FUZZ is one of \(Target.allCases.map(\.rawValue))")
        }
        target = wanted
        try Target.makeFolder()
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(
            run(&count, &arguments) { bytes, size in
                target.read(UnsafeRawBufferPointer(start: bytes, count: size))
                return 0
            })
    }

}
