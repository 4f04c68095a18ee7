import Foundation
import TestSupport
import Testing

@testable import nuwad

struct PageKeyTests {
    @Test("A token says whose it is, and nobody makes one for another")
    func tokens() {
        let key = PageKey([UInt8](0..<32))
        let token = key.token(for: 1000)
        #expect(key.user(of: token) == 1000)
        #expect(key.user(of: token.replacingOccurrences(of: "1000.", with: "0.")) == nil)
        #expect(key.user(of: String(token.dropLast())) == nil)
        #expect(key.user(of: "") == nil && key.user(of: "1000.") == nil && key.user(of: "x.y") == nil)
        #expect(PageKey([UInt8](1..<33)).user(of: token) == nil)
    }

    @Test("The seal is HMAC-SHA-256")
    func vector() {
        // printf nuwa-page-1000 | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f
        #expect(
            PageKey([UInt8](0..<32)).token(for: 1000)
                == "1000.97e4c771636f1b6d7d5c7781f8c4610838c311c95cdcb4903bac5104b9c60f04")
    }

    @Test("A key is made once, for the daemon alone, and found again")
    func file() throws {
        let directory = try TemporaryDirectory()
        let file = directory.file("page.key")
        let token = try PageKey(file: file).token(for: 5)
        #expect(try PageKey(file: file).user(of: token) == 5)
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}
