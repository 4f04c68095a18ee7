import CInotifyTools
import Files
import Foundation
import Synchronization

/// What a listener is told about a folder.
enum FolderEvent: Sendable, Equatable {
    case hint(Hint, FileName)
    /// Events were dropped by the kernel: only a scan knows now.
    case overflow
    /// The folder itself was deleted, renamed or unmounted; nothing more will be heard.
    case lost
}

/// libinotifytools, in the only file that knows it.
///
/// The library has one state for the whole process, and waiting for an event blocks. So all its calls happen on one
/// thread, which exists while anybody listens. Listeners are called on that thread and must return at once, or the
/// kernel's queue overflows.
final class InotifyHints: Sendable {
    typealias Listener = @Sendable (FolderEvent) -> Void

    /// There can be only one.
    static let shared = InotifyHints()

    fileprivate enum Command {
        case listen(folder: String, id: Int, Listener, Reply)
        case stop(id: Int)
    }

    private struct State {
        var commands: [Command] = []
        var isRunning = false
        var lastID = 0
        var bell: Bell?
    }

    private let state = Mutex(State())

    private init() {}

    /// Calls `listener` for what happens to the files of a folder. Returns a number for ``stop(_:)``.
    /// Throws ``NoHints`` when the system refuses, which its limits on inotify may cause.
    func listen(to folder: String, _ listener: @escaping Listener) throws -> Int {
        let reply = Reply()
        let id = try state.withLock { state in
            if state.bell == nil { state.bell = try Bell() }
            state.lastID += 1
            state.commands.append(.listen(folder: folder, id: state.lastID, listener, reply))
            wake(&state)
            return state.lastID
        }
        if let failure = reply.wait() { throw failure }
        return id
    }

    /// Ends what ``listen(to:_:)`` began. Does not wait.
    func stop(_ id: Int) {
        state.withLock { state in
            state.commands.append(.stop(id: id))
            wake(&state)
        }
    }

    private func wake(_ state: inout State) {
        state.bell?.ring()
        guard !state.isRunning, let bell = state.bell else { return }
        state.isRunning = true
        let thread = Thread { [self] in serve(bell) }
        thread.name = "nuwa-inotify"
        thread.start()
    }

    private func serve(_ bell: Bell) {
        // Hears the bell before it looks for commands, so that none is overlooked.
        let library = Library(bell: bell)
        while true {
            let commands = state.withLock { state in
                defer { state.commands = [] }
                if state.commands.isEmpty, library.isIdle { state.isRunning = false }
                return state.isRunning ? state.commands : nil
            }
            guard let commands else { return }
            for command in commands { library.perform(command) }
            if !library.isIdle { library.waitForEvent() }
        }
    }
}

/// inotify cannot be had; intake goes on by scanning alone.
struct NoHints: Error, Equatable, CustomStringConvertible {
    let folder: String
    let code: Int32

    var description: String {
        let remedy =
            switch code {
            case ENOSPC: " (raise fs.inotify.max_user_watches)"
            case EMFILE: " (raise fs.inotify.max_user_instances)"
            default: ""
            }
        return "cannot watch \(folder) with inotify: \(String(cString: strerror(code)))\(remedy)"
    }
}

/// The library's state as the one thread sees it.
private final class Library {
    private var listeners: [(id: Int, watch: Int32, folder: String, listener: InotifyHints.Listener)] = []

    private static let events =
        IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF

    /// Whether the thread can be woken; without that nobody may listen.
    private let hasBell: Bool

    init(bell: Bell) {
        hasBell =
            inotifytools_initialize() == 1
            && (inotifytools_wd_from_filename(bell.path) >= 0 || inotifytools_watch_file(bell.path, IN_MODIFY) == 1)
    }

    var isIdle: Bool { listeners.isEmpty }

    func perform(_ command: InotifyHints.Command) {
        switch command {
        case .listen(let folder, let id, let listener, let reply):
            // The library keeps folders under their name with a slash at the end.
            let name = folder.hasSuffix("/") ? folder : folder + "/"
            guard hasBell, inotifytools_watch_file(name, Self.events) == 1
            else { return reply.give(NoHints(folder: folder, code: inotifytools_error())) }
            listeners.append((id, inotifytools_wd_from_filename(name), name, listener))
            reply.give(nil)
        case .stop(let id):
            guard let index = listeners.firstIndex(where: { $0.id == id }) else { return }
            let watch = listeners.remove(at: index).watch
            if !listeners.contains(where: { $0.watch == watch }) { inotifytools_remove_watch_by_wd(watch) }
        }
    }

    func waitForEvent() {
        // A minute is arbitrary: the bell ends the wait, and an interrupted call returns early.
        guard let event = inotifytools_next_event(60) else { return }
        let mask = Int32(bitPattern: event.pointee.mask)
        if mask & IN_Q_OVERFLOW != 0 {
            for listener in listeners { listener.listener(.overflow) }
            return
        }
        let watch = event.pointee.wd
        let concerned = listeners.filter { $0.watch == watch }
        guard let folder = concerned.first?.folder else { return }
        if mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT) != 0 {
            listeners.removeAll { $0.watch == watch }
            if mask & IN_MOVE_SELF != 0 {
                inotifytools_remove_watch_by_wd(watch)
            } else {
                // The kernel has dropped the watch, and the library would find it under the folder's name for ever.
                inotifytools_replace_filename(folder, "gone \(watch)/")
            }
            for listener in concerned { listener.listener(.lost) }
            return
        }
        guard let name = name(of: event), let hint = hint(mask) else { return }
        for listener in concerned { listener.listener(.hint(hint, name)) }
    }

    private func hint(_ mask: Int32) -> Hint? {
        if mask & IN_MOVED_TO != 0 { return .landed }
        if mask & (IN_MOVED_FROM | IN_DELETE) != 0 { return .gone }
        if mask & IN_CLOSE_WRITE != 0 { return .closed }
        if mask & IN_MODIFY != 0 { return .modified }
        return mask & IN_CREATE != 0 ? .created : nil
    }

    /// The name follows the event's fixed part, padded with zeros; Swift does not import it.
    private func name(of event: UnsafeMutablePointer<inotify_event>) -> FileName? {
        guard event.pointee.len > 0 else { return nil }
        let start = UnsafeRawPointer(event) + MemoryLayout<inotify_event>.size
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(event.pointee.len)).prefix { $0 != 0 }
        return FileName(bytes: Array(bytes))
    }
}

/// A file without a name; a write to it wakes the thread that waits for events.
private struct Bell: Sendable {
    private let descriptor: Int32

    init() throws {
        var template = Array((NSTemporaryDirectory() + "/nuwa-bell-XXXXXX").utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw SystemError("make a temporary file in", NSTemporaryDirectory()) }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    /// Where inotify finds it.
    var path: String { "/proc/self/fd/\(descriptor)" }

    func ring() { _ = pwrite(descriptor, "!", 1, 0) }
}

/// Carries an answer from one thread to another.
private final class Reply: Sendable {
    private let answer = Mutex<NoHints?>(nil)
    private let ready = DispatchSemaphore(value: 0)

    func give(_ failure: NoHints?) {
        answer.withLock { $0 = failure }
        ready.signal()
    }

    func wait() -> NoHints? {
        ready.wait()
        return answer.withLock { $0 }
    }
}
