import Digest
import Files
import Foundation
import Testing

@Suite struct SHA256Tests {
    @Test(
        "The examples of FIPS 180-2 have the published digests",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func publishedDigests(text: String, digest: String) {
        #expect(SHA256.hex(of: text) == digest)
        #expect(SHA256.hex(of: Data(text.utf8)) == digest)
    }

    @Test("A million letters a, given in uneven pieces, have the published digest")
    func pieces() {
        let sha = SHA256()
        var left = 1_000_000
        for size in sequence(first: 1, next: { $0 * 7 % 9973 }) where left > 0 {
            let count = min(size, left)
            sha.update([UInt8](repeating: UInt8(ascii: "a"), count: count))
            left -= count
            if left == 0 { break }
        }
        #expect(sha.finish() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("After a result the next one starts from nothing")
    func startsAnew() {
        let sha = SHA256()
        sha.update(Data("abc".utf8))
        let first = sha.finish()
        sha.update(Data("abc".utf8))
        #expect(sha.finish() == first)
    }

    @Test("A file's digest is its content's, over more than one piece of reading")
    func file() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "digest-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let content = Data((0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
        try content.write(to: file)
        #expect(try SHA256.hex(ofFile: file) == SHA256.hex(of: content))
    }

    @Test("A slice of data that does not start at 0 is digested as what it holds")
    func slice() {
        #expect(SHA256.hex(of: Data("xxabc".utf8).dropFirst(2)) == SHA256.hex(of: "abc"))
    }

    @Test("A missing file is refused by its name")
    func missing() {
        #expect(throws: SystemError("open", "/nowhere/weights.safetensors", code: ENOENT)) {
            try SHA256.hex(ofFile: URL(fileURLWithPath: "/nowhere/weights.safetensors"))
        }
    }
}
