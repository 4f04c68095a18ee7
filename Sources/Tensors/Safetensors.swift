import CKernels
import Files
package import Foundation

/// What is wrong with the content of a safetensors file, and with which tensor of it.
package struct SafetensorsError: Error, Equatable, CustomStringConvertible {
    package let file: String
    package let tensor: String?
    package let problem: String

    package init(file: String, tensor: String?, problem: String) {
        self.file = file
        self.tensor = tensor
        self.problem = problem
    }

    package var description: String {
        if let tensor { "\(file): tensor \(tensor): \(problem)" } else { "\(file): \(problem)" }
    }
}

/// A safetensors file, mapped or read into memory and checked as a whole before anything is read from it.
///
/// Format: 8 bytes little-endian length of a JSON header, the header, the data; tensors fill the data without holes or
/// overlaps. https://github.com/huggingface/safetensors
package final class SafetensorsFile: @unchecked Sendable {
    /// Element types of a file.
    package enum FileType: String, Sendable {
        case f32 = "F32"
        case f16 = "F16"
        case bf16 = "BF16"

        var width: Int {
            switch self {
            case .f32: 4
            case .f16, .bf16: 2
            }
        }
    }

    private struct Entry {
        let type: FileType
        let shape: [Int]
        let range: Range<Int>
    }

    /// The `__metadata__` of the header.
    package let metadata: [String: String]
    /// The name that errors give.
    package let path: String
    private let entries: [String: Entry]
    private let bytes: Bytes
    private let dataStart: Int

    /// Largest header that is accepted, as in the reference implementation.
    private static let longestHeader = 100_000_000

    /// - Parameter isRead: whether it is read instead of mapped: then a sector that cannot be read is a `SystemError`, where a mapped one
    ///   kills the process (SIGBUS)
    package init(_ url: URL, isRead: Bool = false) throws {
        path = url.path
        bytes = isRead ? try Bytes(reading: url) : try Bytes(mapping: url)
        (metadata, entries, dataStart) = try Self.parse(bytes.buffer, path)
    }

    /// The file's bytes, for as long as this is there.
    private final class Bytes {
        let buffer: UnsafeRawBufferPointer
        private let isMapped: Bool

        init(mapping url: URL) throws {
            buffer = try SafetensorsFile.map(url)
            isMapped = true
        }

        init(reading url: URL) throws {
            let data = try WholeFile.read(url)
            guard data.count >= 8 else { throw SafetensorsFile.short(url, data.count) }
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: data.count, alignment: 16)
            data.copyBytes(to: copy)
            buffer = UnsafeRawBufferPointer(copy)
            isMapped = false
        }

        deinit {
            if isMapped {
                munmap(UnsafeMutableRawPointer(mutating: buffer.baseAddress!), buffer.count)
            } else {
                buffer.deallocate()
            }
        }
    }

    /// Names of all tensors, sorted.
    package var names: [String] { entries.keys.sorted() }

    /// nil where there is no such tensor.
    package func shape(of name: String) -> [Int]? { entries[name]?.shape }

    /// nil where there is no such tensor.
    package func type(of name: String) -> FileType? { entries[name]?.type }

    /// The elements of a tensor in row-major order, widened to f32.
    ///
    /// - Parameter items: which indices of the outermost axis are wanted; all unless given.
    /// - Throws: `SafetensorsError` where there is no such tensor
    package func floats(_ name: String, items: Range<Int>? = nil) throws -> [Float] {
        guard let entry = entries[name] else {
            throw SafetensorsError(file: path, tensor: name, problem: "is not in the file")
        }
        var range = 0..<entry.range.count / entry.type.width
        if let items {
            let outermost = entry.shape.first ?? 0
            require(
                items.lowerBound >= 0 && items.upperBound <= outermost, "\(name): items \(items) of \(entry.shape)")
            let size = entry.shape.dropFirst().reduce(1, *)
            range = items.lowerBound * size..<items.upperBound * size
        }
        let count = range.count
        let start = dataStart + entry.range.lowerBound + range.lowerBound * entry.type.width
        let source = bytes.buffer.baseAddress! + start
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            switch entry.type {
            case .f32: ck_to_f32(source, buffer.baseAddress, count, Int32(CK_F32))
            case .bf16: ck_to_f32(source, buffer.baseAddress, count, Int32(CK_BF16))
            case .f16: ck_half_to_f32(source, buffer.baseAddress, count)
            }
            initialized = count
        }
    }

    /// A tensor as a parameter.
    /// - Parameter shape: the one that the network wants
    /// - Throws: `SafetensorsError` where there is no such tensor, or it has another shape
    package func parameter(_ name: String, shape: Shape) throws -> Parameter {
        let values = try floats(name)
        guard let found = entries[name]?.shape, found == Array(shape) else {
            throw SafetensorsError(
                file: path, tensor: name, problem: "has shape \(entries[name]?.shape ?? []), the model wants \(shape)")
        }
        return Parameter(name: name, shape: shape, values: values)
    }
}

extension SafetensorsFile {
    /// What the system refuses says nothing of the file's content: a `SystemError`, so that nobody takes the file for damaged.
    private static func map(_ url: URL) throws -> UnsafeRawBufferPointer {
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", url.path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemError("examine", url.path) }
        let size = Int(status.st_size)
        guard size >= 8 else { throw short(url, size) }
        guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw SystemError("map", url.path)
        }
        return UnsafeRawBufferPointer(start: address, count: size)
    }

    private static func short(_ url: URL, _ size: Int) -> SafetensorsError {
        SafetensorsError(file: url.path, tensor: nil, problem: "is cut short: \(size) bytes hold no header")
    }

    private static func parse(
        _ bytes: UnsafeRawBufferPointer, _ path: String
    ) throws -> (metadata: [String: String], entries: [String: Entry], dataStart: Int) {
        func bad(_ problem: String, _ tensor: String? = nil) -> SafetensorsError {
            SafetensorsError(file: path, tensor: tensor, problem: problem)
        }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(longestHeader) else { throw bad("says that its header has \(length) bytes") }
        let dataStart = 8 + Int(length)
        guard dataStart <= bytes.count else {
            throw bad("is cut short: the header has \(length) bytes, the file \(bytes.count)")
        }
        let text = Data(bytes[8..<dataStart])
        let json: Any
        do {
            json = try JSONSerialization.jsonObject(with: text)
        } catch {
            throw bad("has a header that is not JSON: \(error)")
        }
        guard let header = json as? [String: Any] else { throw bad("has a header that is not a JSON object") }
        var metadata: [String: String] = [:]
        var entries: [String: Entry] = [:]
        for (name, value) in header {
            if name == "__metadata__" {
                guard let strings = value as? [String: String] else { throw bad("has __metadata__ other than strings") }
                metadata = strings
            } else {
                entries[name] = try entry(name, value, bad)
            }
        }
        try checkExtents(entries, dataBytes: bytes.count - dataStart, bad)
        return (metadata, entries, dataStart)
    }

    private static func entry(
        _ name: String, _ value: Any, _ bad: (String, String?) -> SafetensorsError
    ) throws -> Entry {
        guard let fields = value as? [String: Any], let dtype = fields["dtype"] as? String,
            let shape = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int], offsets.count == 2
        else { throw bad("needs dtype, shape and data_offsets", name) }
        guard let type = FileType(rawValue: dtype) else {
            throw bad("has type \(dtype); F32, F16 and BF16 are read", name)
        }
        guard offsets[0] >= 0, offsets[0] <= offsets[1] else { throw bad("has data_offsets \(offsets)", name) }
        var size = type.width
        for extent in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflow else { throw bad("has shape \(shape)", name) }
            size = product
        }
        guard size == offsets[1] - offsets[0] else {
            throw bad("has \(offsets[1] - offsets[0]) bytes, shape \(shape) of \(dtype) needs \(size)", name)
        }
        return Entry(type: type, shape: shape, range: offsets[0]..<offsets[1])
    }

    /// Tensors must fill the data, in some order, without holes or overlaps.
    private static func checkExtents(
        _ entries: [String: Entry], dataBytes: Int, _ bad: (String, String?) -> SafetensorsError
    ) throws {
        var end = 0
        let ordered = entries.sorted {
            ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
                < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
        }
        for (name, entry) in ordered {
            guard entry.range.upperBound <= dataBytes else {
                throw bad("is cut short: it ends at byte \(entry.range.upperBound), the data at \(dataBytes)", name)
            }
            guard entry.range.lowerBound >= end else { throw bad("overlaps another tensor", name) }
            guard entry.range.lowerBound == end else {
                throw bad("starts at byte \(entry.range.lowerBound), after a hole from \(end)", name)
            }
            end = entry.range.upperBound
        }
        guard end == dataBytes else { throw bad("has \(dataBytes - end) bytes after its last tensor", nil) }
    }
}
