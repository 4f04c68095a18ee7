import Foundation
import Reports
import Testing

@testable import nuwad

struct RetentionTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func file(
        _ path: String, mega: Int64, days: Double, isNeeded: Bool = false, isScript: Bool = false
    ) -> Leftover {
        Leftover(path: path, bytes: mega << 20, used: now - days * 86_400, isNeeded: isNeeded, isScript: isScript)
    }

    private func chosen(_ retention: Retention, _ files: [Leftover]) -> [String] {
        retention.choose(from: files, now: now).map { "\($0.leftover.path) \($0.reason)" }
    }

    @Test("What nobody used for too long goes, but never what is needed")
    func age() {
        let files = [
            file("old", mega: 1, days: 31), file("new", mega: 1, days: 29),
            file("held", mega: 1, days: 99, isNeeded: true),
        ]
        #expect(chosen(Retention(age: 30 * 86_400, bytes: nil), files) == ["old age"])
    }

    @Test("Of too many the oldest go, until the rest fits; what is needed counts and stays")
    func size() {
        let files = [
            file("a", mega: 4, days: 3), file("b", mega: 4, days: 2), file("c", mega: 4, days: 1),
            file("held", mega: 4, days: 9, isNeeded: true),
        ]
        #expect(chosen(Retention(age: nil, bytes: 9 << 20), files) == ["a size", "b size"])
        #expect(chosen(Retention(age: nil, bytes: 1), files) == ["a size", "b size", "c size"])
    }

    @Test("Scripts go for their age alone")
    func scripts() {
        let files = [
            file("old.nuwa", mega: 1, days: 31, isScript: true), file("new.nuwa", mega: 1, days: 1, isScript: true),
            file("a", mega: 1, days: 0.5),
        ]
        #expect(chosen(Retention(age: 30 * 86_400, bytes: 1), files) == ["old.nuwa age", "a size"])
    }

    @Test("Without rules nothing goes")
    func never() {
        #expect(chosen(Retention(age: nil, bytes: nil), [file("a", mega: 999, days: 999)]).isEmpty)
    }
}

struct BrakeTests {
    @Test("Single faults hold nobody; many in a row hold the queue, longer each time, until something is made")
    func brake() throws {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        var brake = Brake()
        for _ in 1...2 { brake.met("no disk", at: now) }
        func holds(at time: Date) -> Bool { brake.hindrance(at: time) != nil }
        #expect(!holds(at: now))
        brake.met("no disk", at: now)
        #expect(holds(at: now + 4) && !holds(at: now + 5))
        brake.met("no disk", at: now)
        #expect(holds(at: now + 9) && !holds(at: now + 10))
        #expect(
            brake.hindrance(at: now)?.warning
                == "4 jobs in a row met a fault of this machine, so nothing is begun for 10s: no disk")
        #expect(!holds(at: now - 86_400), "the clock was set back")
        brake.release()
        #expect(!holds(at: now) && brake.hindrance(at: now)?.warning == nil)
    }
}

struct AuthorityTests {
    @Test("A job is steered by its owner, by root, by nuwad's own user and by admins")
    func authority() {
        func may(_ user: UInt32, group: Bool = false, owner: UInt32?) -> Bool {
            Authority(user: user, daemon: 999, isInAdminGroup: group).covers(owner: owner)
        }
        #expect(may(1000, owner: 1000))
        #expect(!may(1001, owner: 1000))
        #expect(may(1001, group: true, owner: 1000))
        #expect(may(0, owner: 1000) && may(999, owner: 1000))
        #expect(!may(1000, owner: nil) && may(0, owner: nil))
    }
}
