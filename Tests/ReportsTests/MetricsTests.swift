import Foundation
import Reports
import TestSupport
import Testing

@Suite struct MetricsTests {
    /// What Prometheus' own parser of OpenMetrics makes of a text: name and labels of each sample, with its value.
    private struct Parsed: Decodable {
        let types: [String: String]
        let units: [String: String]
        let samples: [String: Double]
    }

    private static let parser = """
        import json, sys
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
        families = list(text_string_to_metric_families(open(sys.argv[1]).read()))
        labels = lambda sample: ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
        json.dump({
            "types": {family.name: family.type for family in families},
            "units": {family.name: family.unit for family in families if family.unit},
            "samples": {f"{sample.name}|{labels(sample)}": sample.value for family in families for sample in family.samples},
        }, sys.stdout)
        """

    @Test("Prometheus' own parser reads every metric with its type, its labels and its value")
    func parsed() throws {
        let directory = try TemporaryDirectory()
        let text = try directory.write(Sample.metrics.text, to: "metrics")
        let (status, output) = try run(
            URL(filePath: "/usr/bin/python3"), ["-c", Self.parser, text.path], log: directory.file("log"))
        try #require(status == 0, "\(output)")
        let parsed = try JSONDecoder().decode(Parsed.self, from: Data(output.utf8))
        #expect(
            parsed.types == [
                "nuwa_build": "info", "nuwa_start_time_seconds": "gauge", "nuwa_jobs": "gauge",
                "nuwa_queue_age_seconds": "gauge", "nuwa_films": "counter", "nuwa_segments": "counter",
                "nuwa_step_seconds": "summary", "nuwa_workers": "gauge", "nuwa_workers_busy": "gauge",
                "nuwa_worker_busy_seconds": "counter", "nuwa_disk_free_bytes": "gauge",
            ])
        #expect(parsed.units["nuwa_step_seconds"] == "seconds")
        #expect(parsed.samples["nuwa_build_info|hash=9f86d081,model=cartoon,precision=bf16,version=0.1.0"] == 1)
        #expect(parsed.samples["nuwa_jobs|state=queued"] == 1)
        #expect(parsed.samples["nuwa_jobs|state=held"] == 0)
        #expect(parsed.samples["nuwa_queue_age_seconds|"] == 61.5)
        #expect(parsed.samples["nuwa_segments_total|how=made"] == 40)
        #expect(parsed.samples["nuwa_segments_total|how=reused"] == 3)
        #expect(parsed.samples["nuwa_step_seconds_count|"] == 172)
        #expect(parsed.samples["nuwa_step_seconds_sum|"] == 43.25)
        #expect(parsed.samples["nuwa_films_total|"] == 1)
        #expect(parsed.samples["nuwa_workers|"] == 2)
        #expect(parsed.samples["nuwa_worker_busy_seconds_total|"] == 50.125)
        #expect(parsed.samples["nuwa_disk_free_bytes|path=/srv/a \"fine\" place\\"] == 5_000_000_000)
        #expect(parsed.samples.count == 19)
    }

    @Test("The dashboard asks only for metrics that there are")
    func dashboard() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/grafana.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
        let asked = Set(text.matches(of: /nuwa_[a-z_]+/).map { String($0.output) })
        let told = Set(Sample.metrics.text.matches(of: /(?m)^nuwa_[a-z_]+/).map { String($0.output) })
        #expect(asked.count >= 9)
        #expect(asked.subtracting(told) == [])
    }
}
