import Testing

@testable import Cluster

@Suite struct SlurmTests {
    @Test("A line of squeue is an element's place and state")
    func entries() throws {
        let entry = try #require(Slurm.entry("17|3|RUNNING|nuwa-ab|c"))
        #expect(entry == Slurm.Entry(id: .init(job: 17, index: 3), name: "nuwa-ab|c", state: .running))
        #expect(Slurm.entry("17|3|PENDING|x")?.state == .waiting)
        #expect(Slurm.entry("17|3|NODE_FAIL|x")?.state == .over("NODE_FAIL"))
        #expect("\(entry.id)" == "17_3")
    }

    @Test(
        "What is no element of an array is passed over",
        arguments: ["", "17|N/A|RUNNING|x", "17|3|RUNNING", "slurm_load_jobs error"])
    func others(line: String) { #expect(Slurm.entry(line) == nil) }
}
