import Foundation
import Jobs

extension Metrics {
    package static let mediaType = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    /// As OpenMetrics 1.0 has it (https://prometheus.io/docs/specs/om/open_metrics_spec/). `docs/grafana.json` shows all of it.
    package var text: String {
        let model = daemon.model
        let families = [
            Family(
                "nuwa_build", .info, "What runs here.",
                [
                    Sample(
                        "_info", 1,
                        [
                            "version": daemon.version, "model": model.name, "hash": model.hash,
                            "precision": model.precision,
                        ])
                ]),
            Family(
                "nuwa_start_time_seconds", .gauge, "When nuwad started, in seconds since 1970.", unit: "seconds",
                [Sample("", daemon.started.timeIntervalSince1970)]),
            Family(
                "nuwa_jobs", .gauge, "Jobs by state.",
                JobState.Name.allCases.map { Sample("", Double(jobs[$0] ?? 0), ["state": $0.rawValue]) }),
            Family(
                "nuwa_queue_age_seconds", .gauge,
                "How long the oldest queued job has waited; 0 where none is queued.",
                unit: "seconds", [Sample("", queueAge)]),
            Family("nuwa_films", .counter, "Films that were put in place.", [Sample("_total", Double(films))]),
            Family(
                "nuwa_segments", .counter, "Segments done: made, or found made already (reused).",
                [
                    Sample("_total", Double(segmentsMade), ["how": "made"]),
                    Sample("_total", Double(segmentsReused), ["how": "reused"]),
                ]),
            Family(
                "nuwa_step_seconds", .summary,
                "Steps of the sampler that were done, and the seconds that each took its worker.",
                unit: "seconds", [Sample("_count", Double(steps)), Sample("_sum", stepSeconds)]),
            Family(
                "nuwa_workers", .gauge, "Segments that can be made at a time.", [Sample("", Double(daemon.workers))]),
            Family("nuwa_workers_busy", .gauge, "Segments that are being made.", [Sample("", Double(daemon.busy))]),
            Family(
                "nuwa_worker_busy_seconds", .counter,
                "Seconds that workers were busy, all together: its rate by nuwa_workers is the share of them that is.",
                unit: "seconds", [Sample("_total", busySeconds)]),
            Family(
                "nuwa_disk_free_bytes", .gauge,
                "Room for checkpoints and films; jobs are blocked where there is next to none.",
                unit: "bytes", places.map { Sample("", Double($0.freeBytes), ["path": $0.path]) }),
        ]
        return families.map(\.text).joined() + "# EOF\n"
    }
}

private struct Family {
    enum Kind: String {
        case counter, gauge, info, summary
    }

    let name: String
    let kind: Kind
    let help: String
    let unit: String?
    let samples: [Sample]

    init(_ name: String, _ kind: Kind, _ help: String, unit: String? = nil, _ samples: [Sample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.unit = unit
        self.samples = samples
    }

    var text: String {
        "# TYPE \(name) \(kind)\n" + (unit.map { "# UNIT \(name) \($0)\n" } ?? "") + "# HELP \(name) \(help)\n"
            + samples.map { name + $0.text + "\n" }.joined()
    }
}

private struct Sample {
    let suffix: String
    let value: Double
    let labels: [String: String]

    init(_ suffix: String, _ value: Double, _ labels: [String: String] = [:]) {
        self.suffix = suffix
        self.value = value
        self.labels = labels
    }

    var text: String {
        let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escape($0.value))\"" }
        let set = pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
        // Whole numbers without a point, as people expect them of counts.
        let number = value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
        return "\(suffix)\(set) \(number)"
    }

    private static func escape(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
