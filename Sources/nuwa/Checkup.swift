import Diffusion
import Foundation
import Installation
import Models
import Plans
import Rendering
import Spool
import Tensors
import Terminal

/// Looks at a machine as nuwad would find it.
struct Checkup {
    struct Check: Encodable {
        enum Verdict: String, Encodable {
            case good
            /// nuwad works, but worse than it could.
            case warning
            /// nuwad cannot work.
            case bad
        }

        let name: String
        let text: String
        var verdict = Verdict.good
        var remedy: String?
    }

    private let paths: Paths
    private let configuration: Configuration

    /// - Throws: `ConfigurationError`
    init(root: String?, config: String?) throws {
        paths = Paths(root: root.map { URL(filePath: $0, directoryHint: .isDirectory) })
        configuration = try paths.readConfiguration(config.map { URL(filePath: $0) })
    }

    func checks() throws -> [Check] {
        var checks = [
            processor, limits, memory, disk("spool", paths.spool), disk("state", paths.state),
            disk("films", paths.films(configuration)),
            inotify,
        ]
        if configuration.executor.workspace != nil { checks.append(disk("workspace", paths.workspace(configuration))) }
        do {
            let directory = try paths.models.directory(of: configuration.model.name)
            let model = try Model.load(directory: directory, precision: configuration.model.precision)
            checks.append(
                Check(
                    name: "model",
                    text:
                        "\(model.configuration.name) in \(directory.path), \(model.hash.prefix(12))…, computed in \(model.type)"
                ))
            checks.append(try speed(model))
        } catch let error as ModelNotFound {
            checks.append(Check(name: "model", text: "\(error)", verdict: .bad, remedy: "install nuwa-model-cartoon"))
        } catch {
            checks.append(Check(name: "model", text: "\(error)", verdict: .bad))
        }
        return checks
    }

    // MARK: The machine

    private var processor: Check {
        let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = information.split(separator: "\n").first { $0.hasPrefix("model name") }
        let name = line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces) ?? "unknown"
        let isPlain = !Engine.instructions.hasPrefix("AVX")
        return Check(
            name: "processor",
            text: "\(name): \(counted(UsableProcessors.count(), "usable processor")), \(Engine.instructions), "
                + "\(Engine.supportsBF16 ? "bf16" : "f32"), oneDNN \(Engine.version)",
            verdict: isPlain ? .warning : .good,
            remedy: isPlain ? "films take several times as long without AVX2" : nil)
    }

    private var limits: Check {
        let service = paths.root == nil ? ControlGroup.service : nil
        guard let group = service ?? ControlGroup.own else {
            return Check(name: "limits", text: "no control groups of version 2: none are known")
        }
        let limits = [
            group.processors.map { "\($0.formatted()) processors" }, group.memory.map { "\(sizeText($0)) of memory" },
        ].compactMap(\.self)
        let whose = service == nil ? "this shell's control group" : "nuwad.service"
        let tooSmall = group.memory.map { $0 < Self.neededMemory } ?? false
        return Check(
            name: "limits", text: "\(whose): " + (limits.isEmpty ? "none" : limits.joined(separator: ", ")),
            verdict: tooSmall ? .bad : .good,
            remedy: tooSmall ? "a render takes up to \(sizeText(Self.neededMemory)): raise MemoryMax=" : nil)
    }

    /// What a render of the default model takes at most, with room.
    private static let neededMemory: Int64 = 512 << 20

    private var memory: Check {
        let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        guard let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap({ Int64($0) }) else {
            return Check(name: "memory", text: "unknown")
        }
        let isSmall = kilobytes << 10 < Self.neededMemory
        return Check(
            name: "memory", text: "\(sizeText(kilobytes << 10)) available", verdict: isSmall ? .warning : .good,
            remedy: isSmall ? "a render takes up to \(sizeText(Self.neededMemory))" : nil)
    }

    private func disk(_ name: String, _ directory: URL) -> Check {
        let system: FileSystem
        do { system = try FileSystem(of: directory) } catch {
            return Check(name: name, text: "\(error)", verdict: .bad)
        }
        let isThere = FileManager.default.fileExists(atPath: directory.path)
        let text =
            "\(directory.path) on \(system.kind), \(sizeText(system.free)) free" + (isThere ? "" : "; not there yet")
        if !system.hasRoom {
            let consequence = name == "spool" ? "scripts cannot be dropped for long" : "jobs are blocked"
            return Check(
                name: name, text: text, verdict: .bad,
                remedy: "\(consequence) where less than \(sizeText(system.neededBytes)) are free: make room")
        }
        guard name == "spool", let quiet = QuietFileSystem(of: directory.path) else {
            return Check(name: name, text: text)
        }
        return Check(
            name: name, text: text, verdict: .warning, remedy: "\(quiet.rawValue) tells of no changes: \(polling)")
    }

    private var polling: String { "scripts are looked for every \(secondsText(configuration.spool.pollSeconds))" }

    private var inotify: Check {
        func limit(_ name: String) -> Int? {
            let text = try? String(contentsOfFile: "/proc/sys/fs/inotify/" + name, encoding: .utf8)
            return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        guard let instances = limit("max_user_instances"), let watches = limit("max_user_watches") else {
            return Check(
                name: "inotify", text: "not there", verdict: .warning,
                remedy: polling)
        }
        let isShort = instances < 1 || watches < 1
        return Check(
            name: "inotify", text: "\(instances) instances and \(watches) watches a user; nuwad takes one of each",
            verdict: isShort ? .warning : .good, remedy: isShort ? "raise fs.inotify.max_user_instances" : nil)
    }

    // MARK: The speed

    private func speed(_ model: Model) throws -> Check {
        let workers = configuration.workerCount
        let plan = try RenderPlan(frames: 226, segmentFrames: model.configuration.segmentFrameRange)
        let efforts = model.configuration.sampling.efforts(strides: plan.strides)
        var progress = RenderProgress(
            plan: plan, evaluationsPerDepth: model.configuration.evaluations(strides: plan.strides), workers: workers,
            keyframeHands: ThreadExecutor.keyframeHands(ofWorkers: workers),
            evaluationsPerKeyframeStep: efforts[0].evaluationsPerStep)
        let times = try SpeedTest(model: model, workers: workers).run()
        progress.secondsPerEvaluation = times.evaluation
        progress.secondsPerDecode = times.decode
        let film = progress.remainingSeconds.map(durationText) ?? "unknown"
        return Check(
            name: "speed",
            text:
                "226 frames in \(model.configuration.judge == nil ? "about" : "at most about") \(film) with \(counted(workers, "worker")): "
                + "\(millisecondsText(times.evaluation)) an evaluation of the network, \(millisecondsText(times.decode)) a decode, measured now"
        )
    }
}
