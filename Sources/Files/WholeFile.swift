package import Foundation

/// Reads files from their first byte to their last.
package enum WholeFile {
    private static let pieceBytes = 1 << 20

    package static func read(_ file: URL) throws(SystemError) -> Data {
        var data = Data()
        try read(file) { data += $0 }
        return data
    }

    /// Hands a file on in pieces, so that a large one need not be in memory at once.
    package static func read(_ file: URL, _ body: (Data) -> Void) throws(SystemError) {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", file.path) }
        defer { close(descriptor) }
        var piece = [UInt8](repeating: 0, count: pieceBytes)
        while true {
            let count = Foundation.read(descriptor, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("read", file.path) }
            if count == 0 { return }
            body(Data(piece[..<count]))
        }
    }
}
