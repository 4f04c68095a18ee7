import Foundation

/// A call of the operating system that failed: what was tried, on what, and why not.
package struct SystemError: Error, Equatable, Sendable, Codable, CustomStringConvertible {
    /// As it goes on after "cannot": `write`, `open the folder`.
    package let action: String
    package let path: String
    /// `errno`, see errno(3).
    package let code: Int32

    /// - Parameter code: read from `errno` where none is given, so nothing may come between the call and this
    package init(_ action: String, _ path: String, code: Int32 = errno) {
        self.action = action
        self.path = path
        self.code = code
    }

    /// The code in the system's words.
    package var reason: String { String(cString: strerror(code)) }

    /// The call behind what Foundation throws, with the file that it names; nil where none of its failed. Whether it was to read or to
    /// write, Foundation's own code says.
    package init?(behind error: any Error) {
        var error = error as NSError
        let action = error.domain == NSCocoaErrorDomain ? Self.action(ofCocoa: error.code) : "use"
        var path: String?
        while true {
            path =
                error.userInfo[NSFilePathErrorKey] as? String ?? (error.userInfo[NSURLErrorKey] as? URL)?.path ?? path
            if error.domain == NSPOSIXErrorDomain { break }
            // A `POSIXError`, which is an `NSError` only by way of `Error`.
            guard let next = error.userInfo[NSUnderlyingErrorKey] as? any Error else { return nil }
            error = next as NSError
        }
        self.init(action, path ?? "a file", code: Int32(error.code))
    }

    /// Foundation's codes (FoundationErrors.h): from 256 of reading, from 512 of writing, from 1024 of something else.
    private static func action(ofCocoa code: Int) -> String {
        switch code {
        case 256..<512: "read"
        case 512..<1024: "write"
        default: "use"
        }
    }

    package var isOutOfRoom: Bool { Self.isOutOfRoom(code) }

    /// Whether the file system is full, a quota is used up, or a limit on the size of files is reached.
    package static func isOutOfRoom(_ code: Int32) -> Bool { [ENOSPC, EDQUOT, EFBIG].contains(code) }

    package var description: String { "cannot \(action) \(path): \(reason)" }
}
