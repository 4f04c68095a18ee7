import Foundation
import Jobs
import Reports
import TestSupport
import Testing

/// `docs/json.md` promises these shapes to scripts. A change here is a change of the contract.
@Suite("JSON contract")
struct JSONContractTests {
    @Test("A tree")
    func tree() throws {
        let tree = TreeReport(
            frames: 10, fps: 12, segmentFrames: 4,
            depths: [
                .init(
                    stride: 1,
                    segments: [
                        .init(id: "d0s000", state: .running, first: 0, worker: 2, fraction: 0.5),
                        .init(id: "d0s001", state: .done, first: 3),
                    ])
            ], shots: [.init(frame: 0, prompt: "Pim walks.")], edition: "16-17")
        #expect(
            try text(tree) == """
                {
                  "depths" : [
                    {
                      "segments" : [
                        {
                          "first" : 0,
                          "fraction" : 0.5,
                          "id" : "d0s000",
                          "state" : "running",
                          "worker" : 2
                        },
                        {
                          "first" : 3,
                          "id" : "d0s001",
                          "state" : "done"
                        }
                      ],
                      "stride" : 1
                    }
                  ],
                  "edition" : "16-17",
                  "fps" : 12,
                  "frames" : 10,
                  "segment_frames" : 4,
                  "shots" : [
                    {
                      "frame" : 0,
                      "prompt" : "Pim walks."
                    }
                  ]
                }

                """)
    }

    @Test("A job")
    func job() throws {
        #expect(
            try text(Sample.running) == """
                {
                  "accepted" : "2026-11-23T12:00:00Z",
                  "depths" : [
                    {
                      "depth" : 0,
                      "done" : 1,
                      "failed" : 0,
                      "fraction" : 1,
                      "running" : 0,
                      "segments" : 1,
                      "stride" : 15
                    },
                    {
                      "depth" : 1,
                      "done" : 7,
                      "failed" : 0,
                      "fraction" : 0.5,
                      "running" : 2,
                      "segments" : 15,
                      "stride" : 1
                    }
                  ],
                  "fps" : 24,
                  "fraction" : 0.61,
                  "frames" : 226,
                  "id" : 17,
                  "name" : "picnic.nuwa",
                  "owner" : "pim",
                  "priority" : 5,
                  "remaining_seconds" : 65,
                  "seed" : 42,
                  "started" : "2026-11-23T12:00:02Z",
                  "state" : "running"
                }

                """)
    }

    @Test("The status of a daemon with nothing to do")
    func status() throws {
        #expect(
            try text(StatusReport(source: .daemon, daemon: Sample.daemon, counts: [:], jobs: [])) == """
                {
                  "counts" : {
                    "cancelled" : 0,
                    "done" : 0,
                    "failed" : 0,
                    "held" : 0,
                    "paused" : 0,
                    "queued" : 0,
                    "running" : 0
                  },
                  "daemon" : {
                    "busy" : 2,
                    "films" : "/var/lib/nuwa/films",
                    "instructions" : "AVX-512 with bf16",
                    "model" : {
                      "hash" : "9f86d081",
                      "height" : 96,
                      "name" : "cartoon",
                      "precision" : "bf16",
                      "segment_frames" : 16,
                      "width" : 160
                    },
                    "pid" : 4242,
                    "spool" : "/var/spool/nuwa",
                    "started" : "2026-11-23T11:00:00Z",
                    "version" : "0.1.0",
                    "workers" : 2
                  },
                  "jobs" : [

                  ],
                  "mode" : {
                    "name" : "rendering"
                  },
                  "owners" : [

                  ],
                  "source" : "daemon",
                  "warnings" : [

                  ]
                }

                """)
    }

    @Test("Every report survives the way there and back")
    func roundTrip() throws {
        let data = try ReportJSON.encode(Sample.status)
        #expect(try ReportJSON.decode(StatusReport.self, from: data) == Sample.status)
    }

    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try ReportJSON.encode(value), as: UTF8.self)
    }
}
