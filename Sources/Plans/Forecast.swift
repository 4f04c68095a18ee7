/// How long a film takes, by playing its plan through as a scheduler does: whoever is free takes the next segment whose parent is
/// done, by depth, then in the order in which they became ready.
package struct Forecast: Sendable {
    package let plan: RenderPlan
    /// What a segment takes, by depth, in seconds.
    let seconds: [Double]

    /// - Parameter seconds: what one worker takes for a segment, by depth: as many as the plan has depths
    package init(plan: RenderPlan, seconds: [Double]) {
        precondition(seconds.count == plan.depths, "\(seconds.count) times for \(plan.depths) depths")
        self.plan = plan
        self.seconds = seconds
    }

    /// Seconds that no number of workers can fall below: a segment of each depth, one after the other.
    package var criticalPath: Double { seconds.reduce(0, +) }

    /// Seconds that one worker takes.
    package var work: Double {
        (0..<plan.depths).reduce(0) { $0 + Double(plan.segmentCount(atDepth: $1)) * seconds[$1] }
    }

    /// Seconds until the last segment is done, with at least one worker.
    package func duration(workers: Int) -> Double {
        precondition(workers > 0, "\(workers) workers")
        // All segments of a depth take alike, so they end in the order in which they were begun.
        var ready = Array(repeating: Queue<SegmentID>(), count: plan.depths)
        var working = Array(repeating: Queue<(segment: SegmentID, end: Double)>(), count: plan.depths)
        ready[0].put(.global)
        var (now, free) = (0.0, workers)
        while true {
            while free > 0, let depth = ready.indices.first(where: { !ready[$0].isEmpty }) {
                working[depth].put((ready[depth].take(), now + seconds[depth]))
                free -= 1
            }
            let next = working.indices.filter { !working[$0].isEmpty }
                .min { working[$0].first.end < working[$1].first.end }
            guard let next else { return now }
            let (segment, end) = working[next].take()
            now = end
            free += 1
            for child in plan.children(of: segment) { ready[child.depth].put(child) }
        }
    }
}

/// First come, first served.
private struct Queue<Element> {
    private var elements: [Element] = []
    private var start = 0

    var isEmpty: Bool { start == elements.count }
    var first: Element { elements[start] }

    mutating func put(_ element: Element) { elements.append(element) }

    mutating func take() -> Element {
        defer { start += 1 }
        return elements[start]
    }
}
