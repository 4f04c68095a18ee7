import Plans
import Testing

@Suite struct ForecastTests {
    /// 1 + 15 + 225 segments.
    private let plan: RenderPlan

    init() throws { plan = try RenderPlan(frames: 3376, segmentFrames: 16) }

    @Test("One worker takes as long as all segments together")
    func one() {
        let forecast = Forecast(plan: plan, seconds: [8, 2, 1])
        #expect(forecast.work == 8 + 15 * 2 + 225)
        #expect(forecast.duration(workers: 1) == forecast.work)
    }

    @Test("Enough workers take as long as one segment of each depth")
    func all() {
        let forecast = Forecast(plan: plan, seconds: [8, 2, 1])
        #expect(forecast.criticalPath == 11)
        #expect(forecast.duration(workers: 225) == 11)
        #expect(forecast.duration(workers: 1000) == 11)
    }

    @Test("In between: first depth 0 alone, then as many at a time as there are workers")
    func between() {
        // 15 segments of 2 s on 3 workers, with no gap before the 225 of 1 s.
        #expect(Forecast(plan: plan, seconds: [8, 2, 1]).duration(workers: 3) == 8 + 10 + 75)
        // On 4, the fourth round has one left over while three begin with the next depth.
        #expect(Forecast(plan: plan, seconds: [8, 2, 1]).duration(workers: 4) == 8 + 64)
    }

    @Test("More workers never make it longer", arguments: [300, 1024, 50_626])
    func monotonic(frames: Int) throws {
        let plan = try RenderPlan(frames: frames, segmentFrames: 16)
        let forecast = Forecast(plan: plan, seconds: (0..<plan.depths).map { _ in 1 })
        var last = Double.infinity
        for workers in [1, 2, 4, 16, 64, 256, 1024] {
            let duration = forecast.duration(workers: workers)
            #expect(duration <= last)
            #expect(duration >= forecast.criticalPath)
            last = duration
        }
    }
}
