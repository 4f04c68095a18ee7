import Files
import Foundation
import Testing

@testable import Tensors

@Suite struct SafetensorsTests {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    @Test("What is written is read back, in every type")
    func roundTrip() throws {
        let values: [Float] = [1, -2.5, 0, 65504, 6.1e-5, 1e-7]
        var writer = SafetensorsWriter(metadata: ["title": "a \"film\"", "made": "by nuwa"])
        writer.add("z.f32", shape: [2, 3], values: values)
        writer.add("a.f16", shape: [6], values: values, as: .f16)
        writer.add("m.bf16", shape: [1, 6], values: values, as: .bf16)
        writer.add("scalar", shape: [], values: [7])
        writer.add("empty", shape: [0, 4], values: [])
        let file = try open(writer.data())
        defer { remove() }
        #expect(file.names == ["a.f16", "empty", "m.bf16", "scalar", "z.f32"])
        #expect(file.metadata == ["title": "a \"film\"", "made": "by nuwa"])
        #expect(try file.floats("z.f32") == values)
        #expect(try file.floats("a.f16") == values.map { Float(Float16($0)) })
        #expect(relativeError(try file.floats("m.bf16"), values) < 4e-3)
        #expect(file.shape(of: "m.bf16") == [1, 6])
        #expect(try file.floats("scalar") == [7])
        #expect(try file.floats("empty") == [])
        #expect(try file.parameter("z.f32", shape: [2, 3]).values == values)
    }

    @Test("Half precision is exact for all halves and rounds like the CPU")
    func halves() throws {
        let all = (0..<UInt16.max).map { Float(Float16(bitPattern: $0)) }.filter { !$0.isNaN }
        let between = zip(all, all.dropFirst()).map { ($0 + $1) / 2 }.filter { $0.isFinite }
        let odd = random(1000, 1, scale: 70000)
        for values in [all, between, odd] {
            var writer = SafetensorsWriter()
            writer.add("x", shape: [values.count], values: values, as: .f16)
            let file = try open(writer.data())
            #expect(try file.floats("x") == values.map { Float(Float16($0)) })
        }
        remove()
    }

    @Test("The same tensors give the same bytes")
    func deterministic() throws {
        func bytes() throws -> Data {
            var writer = SafetensorsWriter(metadata: ["b": "1", "a": "2"])
            for name in ["y", "x", "w"] { writer.add(name, shape: [3], values: [1, 2, 3]) }
            return try writer.data()
        }
        #expect(try bytes() == bytes())
        #expect(try bytes().count % 4 == 0)
    }

    @Test(
        "A damaged file is refused, by name",
        arguments: [
            (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4, "tensor x: is cut short"),
            (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 12, "4 bytes after its last tensor"),
            (
                #"{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8,
                "tensor x: has 8 bytes, shape [3] of F32 needs 12"
            ),
            (#"{"x":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#, 8, "tensor x: has type F64"),
            (#"{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8, "tensor x: has shape [-2]"),
            (#"{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#, 8, "tensor x: has shape"),
            (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "tensor x: has data_offsets [8, 0]"),
            (#"{"x":{"dtype":"F32","shape":[2]}}"#, 8, "tensor x: needs dtype, shape and data_offsets"),
            (
                #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
                12, "tensor y: overlaps"
            ),
            (
                #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8,
                "tensor x: starts at byte 4, after a hole from 0"
            ),
            (#"{"__metadata__":{"a":1}}"#, 0, "__metadata__ other than strings"),
            (#"["x"]"#, 0, "not a JSON object"),
            (#"{"x":"#, 0, "not JSON: "),
        ])
    func damaged(_ header: String, _ dataBytes: Int, _ problem: String) throws {
        defer { remove() }
        var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
        bytes.append(Data(header.utf8))
        bytes.append(Data(count: dataBytes))
        expectRefusal(bytes, problem)
    }

    @Test("A file without a whole header is refused")
    func headerless() throws {
        defer { remove() }
        expectRefusal(Data(), "cut short: 0 bytes hold no header")
        expectRefusal(Data([9, 0, 0, 0, 0, 0, 0, 0]), "cut short: the header has 9 bytes, the file 8")
        expectRefusal(Data(repeating: 255, count: 16), "says that its header has 18446744073709551615 bytes")
    }

    @Test("A missing or misshapen tensor is refused by file and name")
    func missing() throws {
        defer { remove() }
        var writer = SafetensorsWriter()
        writer.add("x", shape: [2], values: [1, 2])
        let file = try open(writer.data())
        #expect(
            throws: SafetensorsError(file: file.path, tensor: "y", problem: "is not in the file")
        ) { try file.floats("y") }
        #expect(
            throws: SafetensorsError(
                file: file.path, tensor: "x", problem: "has shape [2], the model wants [2, 1]")
        ) { try file.parameter("x", shape: [2, 1]) }
        let absent = folder.appendingPathComponent("absent.safetensors")
        for isRead in [false, true] {
            #expect(throws: SystemError("open", absent.path, code: ENOENT)) {
                try SafetensorsFile(absent, isRead: isRead)
            }
        }
    }

    private func open(_ data: Data) throws -> SafetensorsFile {
        let url = folder.appendingPathComponent("test.safetensors")
        try data.write(to: url)
        let (mapped, read) = (Result { try SafetensorsFile(url) }, Result { try SafetensorsFile(url, isRead: true) })
        // Read or mapped, it is refused for the same reasons.
        func refusal(_ result: Result<SafetensorsFile, any Error>) -> String? {
            if case .failure(let error) = result { "\(error)" } else { nil }
        }
        #expect(refusal(mapped) == refusal(read))
        return try mapped.get()
    }

    private func expectRefusal(
        _ data: Data, _ problem: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        do {
            _ = try open(data)
            Issue.record("was accepted", sourceLocation: sourceLocation)
        } catch {
            let message = "\(error)"
            #expect(message.contains("test.safetensors") && message.contains(problem), sourceLocation: sourceLocation)
        }
    }

    private func remove() { try? FileManager.default.removeItem(at: folder) }
}
