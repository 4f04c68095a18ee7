import Foundation
import Plans
import Rendering
import TestSupport
import Testing

/// Films that are stopped, or stop by themselves, while they are put together.
@Suite struct FilmStopTests {
    /// Replaces a finished chunk by a pipe that nobody writes to: who reads it waits.
    private final class Plug: @unchecked Sendable {
        private let lock = NSLock()
        private var plugged: URL?

        func plug(_ chunk: URL) {
            lock.withLock {
                guard plugged == nil, unlink(chunk.path) == 0, mkfifo(chunk.path, 0o600) == 0 else { return }
                plugged = chunk
            }
        }

        /// Lets who waits read that there is nothing, again and again until a condition holds.
        func pull(for what: String, until condition: () -> Bool) throws {
            let path = try #require(lock.withLock { plugged }).path
            try wait(for: what) {
                // Opens only while somebody reads.
                let descriptor = open(path, O_WRONLY | O_NONBLOCK)
                if descriptor >= 0 { close(descriptor) }
                return condition()
            }
        }
    }

    /// A studio and a renderer whose first film hangs.
    private struct Hanging {
        let studio: Studio
        let renderer: Renderer
        let recorder: Recorder
        let plug = Plug()

        init() throws {
            let studio = try Studio()
            recorder = Recorder { [plug] job, event in
                guard case .finished(SegmentID(depth: 2, index: 8), reused: false) = event else { return }
                plug.plug(studio.workspace.appending(path: "chunks/\(studio.chunks.first { !$0.hasPrefix(".") }!)"))
            }
            renderer = try studio.renderer(workers: 1, recorder)
            self.studio = studio
            try renderer.submit(studio.job())
            let renderer = renderer
            try wait(for: "the film to hang") {
                renderer.activity.segments == 0 && renderer.activity.silence > .milliseconds(200)
            }
        }
    }

    @Test("A film that hangs is at work and silent, which is what the watchdog looks at; it goes on when it can")
    func hung() throws {
        let hanging = try Hanging()
        let activity = hanging.renderer.activity
        #expect(activity.segments == 0)
        #expect(activity.silence > .milliseconds(200))
        #expect(hanging.recorder.events().last == .filmStarted)
        try hanging.plug.pull(for: "the film") { hanging.recorder.hasEnded(1) }
        hanging.renderer.stop()
        #expect(hanging.renderer.activity.silence == .zero)
        #expect(try hanging.studio.film("film.mp4") == Studio.undisturbed())
    }

    @Test("A job cancelled while its film is put together leaves no film behind, and is left when that has ended")
    func cancelled() throws {
        let hanging = try Hanging()
        hanging.renderer.cancel(1)
        #expect(hanging.renderer.activity.silence > .zero)
        #expect(!hanging.renderer.has(1))
        try hanging.plug.pull(for: "the end of the work") { hanging.renderer.activity.silence == .zero }
        hanging.renderer.waitUntilLeft(1)
        #expect(hanging.renderer.activity.silence == .zero)
        #expect(hanging.recorder.events().last == .filmGivenBack)
        #expect(hanging.studio.directory.names(in: "") == ["workspace"])
        // Tried again, it makes the film.
        try hanging.renderer.submit(hanging.studio.job())
        try wait(for: "the film") { hanging.recorder.hasEnded(1) }
        hanging.renderer.stop()
        #expect(try hanging.studio.film("film.mp4") == Studio.undisturbed())
    }
}
