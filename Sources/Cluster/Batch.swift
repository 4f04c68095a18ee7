import Files
import Foundation
import Rendering

/// The folder of one job array on the shared file system: `3.tasks` is what its element 3 makes, `3.out` and `3.err` are what that
/// says.
///
/// The array's name is the folder's, so that after a restart each finds the other; nothing else need be remembered.
struct Batch: Sendable, Hashable {
    static let prefix = "nuwa-"

    let folder: URL

    /// What the job array is called in the queue.
    var name: String { folder.lastPathComponent }

    /// Those in `folder`, of this process and of those before it.
    static func all(in folder: URL) throws -> [Batch] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(prefix) }
            .map { Batch(folder: folder.appending(path: $0, directoryHint: .isDirectory)) }
    }

    /// Writes a new one.
    /// - Parameters:
    ///   - loads: by element, what it is to make
    ///   - after: the `key` of the element that must be done first
    ///   - command: makes the segments of the file of tasks whose name is appended
    static func write(_ loads: [[SegmentTask]], after: String?, in folder: URL, command: [String]) throws -> Batch {
        let name = "\(prefix)\(UUID().uuidString.prefix(13).lowercased())"
        let batch = Batch(folder: folder.appending(path: name, directoryHint: .isDirectory))
        do {
            try batch.fill(loads, after: after, command: command)
        } catch {
            batch.remove()
            throw error
        }
        return batch
    }

    private func fill(_ loads: [[SegmentTask]], after: String?, command: [String]) throws {
        try DurableFile.makeDirectory(folder)
        for (index, load) in loads.enumerated() {
            let lines = try load.map { try $0.json() + Data("\n".utf8) }
            try DurableFile.write(Data(lines.joined()), to: tasks(of: index))
        }
        let words = command.map { "'\($0.replacing("'", with: "'\\''"))'" }.joined(separator: " ")
        let path = folder.path.replacing("'", with: "'\\''")
        let text = "#!/bin/sh\nexec \(words) '\(path)'/\"$SLURM_ARRAY_TASK_ID\".tasks\n"
        try DurableFile.write(Data(text.utf8), to: script)
        if let after { try DurableFile.write(Data(after.utf8), to: dependency) }
    }

    /// An element's name for other batches.
    func key(of index: Int) -> String { "\(name)_\(index)" }

    /// The `key` of the element that must be done before those of this batch.
    /// - Throws: `SystemError` where it cannot be told
    func readAfter() throws -> String? {
        do {
            return String(decoding: try WholeFile.read(dependency), as: UTF8.self)
        } catch let error as SystemError where error.code == ENOENT {
            return nil
        }
    }

    private var dependency: URL { folder.appending(path: "after") }

    var script: URL { folder.appending(path: "run") }

    func tasks(of index: Int) -> URL { folder.appending(path: "\(index).tasks") }

    func output(of index: Int) -> URL { folder.appending(path: "\(index).out") }

    /// Whether an element ever began.
    func hasOutput(of index: Int) -> Bool { FileManager.default.fileExists(atPath: output(of: index).path) }

    func errors(of index: Int) -> URL { folder.appending(path: "\(index).err") }

    func readTasks(of index: Int) throws -> [SegmentTask] {
        try WholeFile.read(tasks(of: index)).split(separator: UInt8(ascii: "\n")).map { try SegmentTask(json: $0) }
    }

    /// Where somebody should look who wants to know why an element failed.
    func log(of index: Int) -> String { errors(of: index).path }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}

/// What an element says, read while it is written.
struct ElementLog {
    private let file: URL
    /// Bytes that were read; what is behind the last line break is read again.
    private var position: UInt64 = 0

    init(_ file: URL) { self.file = file }

    /// The whole lines that came since the last call. A file that is not there yet, or not to be read just now, has none: whatever an
    /// element says, its checkpoints tell in the end.
    mutating func newLines() -> [SegmentLine] {
        guard let handle = try? FileHandle(forReadingFrom: file) else { return [] }
        defer { try? handle.close() }
        guard (try? handle.seek(toOffset: position)) != nil, let data = try? handle.readToEnd(),
            let end = data.lastIndex(of: UInt8(ascii: "\n"))
        else { return [] }
        position += UInt64(end - data.startIndex + 1)
        // Slurm's own lines, and what others write there, are none of ours.
        return data[..<end].split(separator: UInt8(ascii: "\n")).compactMap { try? SegmentLine(json: Data($0)) }
    }
}
