/// Which frames of a segment or clip are given before it is made.
package enum Known: String, Codable, Sendable, CaseIterable {
    case none
    /// The first frame, or up to half of all: what other schemes than the hierarchy ask for.
    case start
    /// The first frame and the last one.
    case both
}

extension ModelConfiguration.Sampling {
    /// What a segment or clip is worth.
    package struct Effort: Codable, Sendable, Equatable {
        package var steps: Int
        /// nil where it is the same as elsewhere.
        package var sampler: Kind?
        package var guidance: Double
        /// For frames whose prompt neither parent has; nil where it is the same. Such frames must be invented.
        package var orphanGuidance: Double?

        package init(steps: Int, sampler: Kind?, guidance: Double, orphanGuidance: Double? = nil) {
            (self.steps, self.sampler) = (steps, sampler)
            (self.guidance, self.orphanGuidance) = (guidance, orphanGuidance)
        }

        /// How often the network is evaluated for one step: with and without the prompt, where there is guidance.
        package var evaluationsPerStep: Int { Self.evaluationsPerStep(guidance: guidance) }
        package static func evaluationsPerStep(guidance: Double) -> Int { guidance == 1 ? 1 : 2 }
        package var evaluations: Int { steps * evaluationsPerStep }

        /// By frame: ``orphanGuidance`` where there are parents and neither has the frame's prompt, else ``guidance``.
        /// - Parameter prompts: by frame, those of the parents at both ends; as texts or as their words' numbers
        package func guidanceByFrame(prompts: [some Equatable], hasParents: Bool) -> [Float] {
            prompts.map { prompt in
                let isOrphan = hasParents && prompt != prompts.first && prompt != prompts.last
                return Float((isOrphan ? orphanGuidance : nil) ?? guidance)
            }
        }

        enum CodingKeys: String, CodingKey {
            case steps, sampler, guidance
            case orphanGuidance = "orphan_guidance"
        }
    }

    /// An effort, and which segments it is for: one table in `model.json`.
    package struct EffortRule: Codable, Sendable, Equatable {
        /// Nothing or both ends, which is all that segments know.
        package var known: Known
        /// The least stride of the segments that it is for.
        package var stride: Int
        package var effort: Effort

        package init(known: Known, stride: Int, effort: Effort) {
            (self.known, self.stride, self.effort) = (known, stride, effort)
        }

        private enum CodingKeys: String, CodingKey { case known, stride }

        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            known = try container.decode(Known.self, forKey: .known)
            stride = try container.decode(Int.self, forKey: .stride)
            effort = try Effort(from: decoder)
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(known, forKey: .known)
            try container.encode(stride, forKey: .stride)
            try effort.encode(to: encoder)
        }
    }

    /// Gives segments of these strides the effort of another rule. Those of larger strides keep theirs: by `beyond`, unless a rule begins there
    /// already.
    package mutating func replace(_ strides: ClosedRange<Int>, by rule: EffortRule, beyond: EffortRule) {
        var kept = (efforts ?? []).filter { $0.known != rule.known || !strides.contains($0.stride) }
        if !kept.contains(where: { $0.known == rule.known && $0.stride == beyond.stride }) { kept.append(beyond) }
        efforts = (kept + [rule]).sorted {
            ($0.known == .none ? 0 : 1, -$0.stride) < ($1.known == .none ? 0 : 1, -$1.stride)
        }
    }

    /// By depth.
    package func efforts(strides: [Int]) -> [Effort] {
        strides.enumerated().map { effort(atDepth: $0, stride: $1) }
    }

    package func sampler(of effort: Effort) -> Kind { effort.sampler ?? sampler }

    package func effort(atDepth depth: Int, stride: Int) -> Effort {
        let known: Known = depth == 0 ? .none : .both
        return efforts?.first { $0.known == known && stride >= $0.stride }?.effort
            ?? Effort(
                steps: steps[min(depth, steps.count - 1)], sampler: nil,
                guidance: guidance[min(depth, guidance.count - 1)])
    }
}
