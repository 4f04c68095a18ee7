import Files
import Foundation
import Testing

@Suite struct SystemErrorTests {
    @Test("The call behind what Foundation throws is found, with its code and the file")
    func behind() throws {
        let absent = URL(filePath: "/nowhere/model.json")
        let error = try #require(throws: (any Error).self) { try Data(contentsOf: absent) }
        let found = try #require(SystemError(behind: error))
        #expect(found.code == ENOENT && found.path == absent.path)

        // Every write to it says that there is no room.
        let full = try #require(throws: (any Error).self) {
            let device = try FileHandle(forWritingTo: URL(filePath: "/dev/full"))
            try device.write(contentsOf: Data([1]))
        }
        #expect(SystemError(behind: full)?.isOutOfRoom == true)
    }

    @Test("What no call is behind has none")
    func none() {
        struct Other: Error {}
        #expect(SystemError(behind: Other()) == nil)
        #expect(SystemError(behind: CocoaError(.coderInvalidValue)) == nil)
    }
}
