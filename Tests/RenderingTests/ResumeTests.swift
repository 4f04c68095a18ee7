import Foundation
import Plans
import Rendering
import TestSupport
import Testing

@Suite struct ResumeTests {
    @Test("A stopped render goes on where it was: the same bytes, and no finished segment is made again")
    func stop() throws {
        let studio = try Studio()
        let box = Box()
        let finished = Counter()
        let first = Recorder { _, event in
            // Here, so that it cannot reach its end before it is stopped.
            if case .finished = event, finished.next() == 5 { box.renderer?.close() }
        }
        let renderer = try studio.renderer(first)
        box.renderer = renderer
        try renderer.submit(studio.job())
        try wait(for: "five segments") { first.finished(reused: false).count >= 5 }
        renderer.stop()
        #expect(!first.hasEnded(1))
        #expect(studio.film("film.mp4") == nil)
        let made = Set(first.finished(reused: false))

        let second = try studio.render(studio.job())
        #expect(Set(second.finished(reused: true)) == made)
        #expect(second.finished(reused: false).count == 13 - made.count)
        #expect(try studio.film("film.mp4") == Studio.undisturbed())
    }

    @Test("A stopped render says of each segment in flight that it was given back")
    func release() throws {
        let studio = try Studio()
        let recorder = Recorder()
        let renderer = try studio.renderer(recorder)
        try renderer.submit(studio.job())
        try wait(for: "a step") { renderer.totals.steps > 0 }
        renderer.stop()
        let events = recorder.events()
        #expect(events.prefix(2) == [.jobStarted, .started(.global)])
        #expect(events.last == .givenBack(.global) || events.contains(.finished(.global, reused: false)))
    }

    @Test("A finished job submitted again computes nothing")
    func again() throws {
        let studio = try Studio()
        try studio.render(studio.job())
        let film = studio.film("film.mp4")
        let recorder = try studio.render(studio.job())
        #expect(recorder.finished(reused: true).count == 13)
        #expect(!recorder.events().contains { if case .started = $0 { true } else { false } })
        #expect(studio.film("film.mp4") == film)
    }

    @Test("An edit of the script makes only what it touched")
    func edit() throws {
        let studio = try Studio()
        try studio.render(studio.job(), workers: 1)
        // Frame 25 lies in the last segment of the finest depth, and on no frame of the depths above (0, 9, 18, 27;
        // 0, 3 … 27).
        let edited = Studio.walk + "\nf25 The sun rises.\nf26 Night falls.\n"
        let recorder = try studio.render(studio.job(edited), workers: 1)
        #expect(recorder.finished(reused: false) == [SegmentID(depth: 2, index: 8)])
        #expect(recorder.finished(reused: true).count == 12)
        #expect(try studio.film("film.mp4") == Studio.undisturbed(edited))
    }

    @Test("A damaged checkpoint is set aside and made again, and the film is as if it had been whole")
    func damagedCheckpoint() throws {
        let studio = try Studio()
        try studio.render(studio.job())
        // Damage everything that is there, each file in another place.
        for (index, name) in studio.checkpoints.enumerated() {
            try damage(studio.workspace.appending(path: "checkpoints/\(name)"), at: index)
        }
        for (index, name) in studio.chunks.enumerated() {
            try damage(studio.workspace.appending(path: "chunks/\(name)"), at: index)
        }
        let recorder = try studio.render(studio.job())
        let setAside = recorder.events().compactMap { event -> URL? in
            if case .damaged(_, let setAside) = event { setAside } else { nil }
        }
        #expect(setAside.count == 13 + 9)
        #expect(studio.checkpoints.filter { $0.hasSuffix(".bad") }.count == 13)
        #expect(studio.chunks.filter { $0.hasSuffix(".bad") }.count == 9)
        #expect(recorder.finished(reused: false).count == 13)
        #expect(try studio.film("film.mp4") == Studio.undisturbed())
    }

    @Test("A truncated or empty checkpoint is found out", arguments: [0, 1, 8, 100])
    func truncated(length: Int) throws {
        let studio = try Studio()
        try studio.render(studio.job("frames 4\nfps 12\nf0 Pim walks."))
        let checkpoint = studio.workspace.appending(path: "checkpoints/\(try #require(studio.checkpoints.first))")
        let whole = try Data(contentsOf: checkpoint)
        try whole.prefix(length).write(to: checkpoint)
        for chunk in studio.chunks {
            try FileManager.default.removeItem(at: studio.workspace.appending(path: "chunks/\(chunk)"))
        }
        let recorder = try studio.render(studio.job("frames 4\nfps 12\nf0 Pim walks."))
        #expect(recorder.events().contains(.damaged(checkpoint, setAside: checkpoint.appendingPathExtension("bad"))))
        #expect(try Data(contentsOf: checkpoint) == whole)
    }

    @Test("A parent's checkpoint that is gone by the time it is needed is made again")
    func lostParent() throws {
        let studio = try Studio()
        let checkpoints = studio.workspace.appending(path: "checkpoints")
        let done = Counter()
        let recorder = Recorder { _, event in
            guard event == .finished(SegmentID(depth: 1, index: 0), reused: false), done.next() == 1 else { return }
            try? FileManager.default.removeItem(at: checkpoints)
            try? FileManager.default.createDirectory(at: checkpoints, withIntermediateDirectories: true)
        }
        try studio.render(studio.job(), workers: 1, recorder)
        let lost = recorder.events().filter { if case .lost = $0 { true } else { false } }
        #expect(lost == [.lost(.global), .lost(SegmentID(depth: 1, index: 0))])
        #expect(try studio.film("film.mp4") == Studio.undisturbed())
    }

    @Test("A chunk that is damaged before the film is put together is made again")
    func lostChunk() throws {
        let studio = try Studio()
        let done = Counter()
        let recorder = Recorder { _, event in
            guard event == .finished(SegmentID(depth: 2, index: 4), reused: false), done.next() == 1 else { return }
            for name in studio.chunks where !name.hasPrefix(".") {
                try? damage(studio.workspace.appending(path: "chunks/\(name)"), at: 0)
            }
        }
        try studio.render(studio.job(), workers: 1, recorder)
        #expect(recorder.events().filter { if case .lost = $0 { true } else { false } }.count == 5)
        #expect(recorder.events().last == .jobFinished)
        #expect(try studio.film("film.mp4") == Studio.undisturbed())
    }

    @Test("A segment whose files are damaged each time ends its job, rather than being made for ever")
    func hopeless() throws {
        let studio = try Studio()
        let recorder = Recorder { _, event in
            guard case .finished(SegmentID(depth: 2, index: 8), reused: false) = event else { return }
            for name in studio.chunks where !name.hasPrefix(".") && !name.hasSuffix(".bad") {
                try? damage(studio.workspace.appending(path: "chunks/\(name)"), at: 0)
            }
        }
        try studio.render(studio.job(), workers: 1, recorder)
        guard case .jobFailed(.unkeepable(_, times: 4)) = recorder.events().last else {
            Issue.record("ended with \(String(describing: recorder.events().last))")
            return
        }
    }

    @Test("What a killed writer left is cleared away, and what a living one is writing is not")
    func leftovers() throws {
        let studio = try Studio()
        let checkpoints = studio.workspace.appending(path: "checkpoints")
        try FileManager.default.createDirectory(at: checkpoints, withIntermediateDirectories: true)
        let dead = checkpoints.appending(path: ".a.safetensors.1-00000000.part")
        let living = checkpoints.appending(path: ".b.safetensors.1-00000001.part")
        for file in [dead, living] { try Data("half".utf8).write(to: file) }
        let writer = open(living.path, O_WRONLY)
        defer { close(writer) }
        #expect(flock(writer, LOCK_EX) == 0)
        try studio.renderer(workers: 1, Recorder()).stop()
        #expect(studio.checkpoints == [living.lastPathComponent])
    }
}

/// Flips one bit, at a place that depends on `index`.
private func damage(_ file: URL, at index: Int) throws {
    var bytes = try Data(contentsOf: file)
    bytes[(index * 7919 + 11) % bytes.count] ^= 0x10
    try bytes.write(to: file)
}

/// Counts calls from any thread, from 1.
private final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    func next() -> Int {
        lock.withLock {
            count += 1
            return count
        }
    }
}
