import Testing

@testable import Spool

/// When a file counts as complete, with times written down instead of waited for.
struct SettlingTests {
    private let name = FileName("picnic.nuwa")
    private let look = Look(inode: 1, size: 10, modified: 100)
    private let longer = Look(inode: 1, size: 20, modified: 200)
    private var settling = Settling(settleSeconds: 1)

    @Test("An old file needs no second look; a fresh one does")
    mutating func age() {
        #expect(settling.decide(name, look: look, age: 5, now: 0) == .ready)
        settling.heard(.closed, of: name)
        #expect(settling.decide(name, look: longer, age: 0.25, now: 0) == .wait(0.75))
        #expect(settling.decide(name, look: longer, age: 1, now: 0.75) == .ready)
    }

    @Test("A file of which nothing was heard may have a writer from before: it must be quiet for longer")
    mutating func unheard() {
        #expect(settling.decide(name, look: look, age: 4, now: 0) == .wait(1))
        #expect(settling.decide(name, look: longer, age: 0, now: 0) == .wait(5))
        #expect(settling.decide(name, look: longer, age: 5, now: 5) == .ready)
    }

    @Test("A file that was renamed after the last write to it has no writer")
    mutating func renamedUnheard() {
        let renamed = Look(inode: 1, size: 10, modified: 100, changed: 150)
        #expect(settling.decide(name, look: renamed, age: 0.5, now: 0) == .wait(0.5))
        #expect(settling.decide(name, look: renamed, age: 1, now: 0.5) == .ready)
    }

    @Test("With a clock that was set back, two equal looks are enough")
    mutating func clock() {
        settling.heard(.closed, of: name)
        #expect(settling.decide(name, look: look, age: -5000, now: 10) == .wait(1))
        #expect(settling.decide(name, look: look, age: -5000, now: 10.5) == .wait(0.5))
        #expect(settling.decide(name, look: longer, age: -5000, now: 11) == .wait(1))
        #expect(settling.decide(name, look: longer, age: -5000, now: 12) == .ready)
    }

    @Test("A file renamed into place is ready at once")
    mutating func landed() {
        settling.heard(.landed, of: name)
        #expect(settling.decide(name, look: look, age: 0, now: 0) == .ready)
    }

    @Test("A write after the rename takes that back")
    mutating func landedAndWritten() {
        settling.heard(.landed, of: name)
        settling.heard(.modified, of: name)
        #expect(settling.decide(name, look: look, age: 0, now: 0) == .wait(300))
        settling.heard(.closed, of: name)
        #expect(settling.decide(name, look: look, age: 0, now: 0) == .wait(1))
    }

    @Test("A writer is waited for until he closes the file, however slow he is")
    mutating func writer() {
        settling.heard(.created, of: name)
        #expect(settling.decide(name, look: look, age: 100, now: 100) == .wait(300))
        settling.heard(.modified, of: name)
        #expect(settling.decide(name, look: longer, age: 100, now: 200) == .wait(300))
        settling.heard(.closed, of: name)
        #expect(settling.decide(name, look: longer, age: 0.5, now: 200.5) == .wait(0.5))
        #expect(settling.decide(name, look: longer, age: 1, now: 201) == .ready)
    }

    @Test("A writer of whom nothing is seen for too long is waited for no more")
    mutating func patience() {
        settling.heard(.created, of: name)
        #expect(settling.decide(name, look: look, age: 0, now: 0) == .wait(300))
        #expect(settling.decide(name, look: look, age: 300, now: 300) == .ready)
    }

    @Test("A file that was linked into place has no writer")
    mutating func linked() {
        settling.heard(.created, of: name)
        let linked = Look(inode: 1, size: 10, modified: 100, links: 2)
        #expect(settling.decide(name, look: linked, age: 1, now: 0) == .ready)
    }

    @Test("When hints were lost, what they said of writers is forgotten")
    mutating func lostHints() {
        settling.heard(.created, of: name)
        settling.forgetHints()
        #expect(settling.decide(name, look: look, age: 5, now: 0) == .ready)
    }

    @Test("A name that went away starts afresh")
    mutating func gone() {
        settling.heard(.landed, of: name)
        settling.heard(.gone, of: name)
        #expect(settling.decide(name, look: look, age: 0, now: 0) == .wait(5))
    }
}

extension Look {
    /// A regular file.
    fileprivate init(inode: UInt64, size: Int64, modified: Int64, changed: Int64? = nil, links: UInt64 = 1) {
        self.init(
            kind: .file, device: 1, inode: inode, size: size, modified: modified, changed: changed ?? modified,
            links: links, owner: 1000)
    }
}
