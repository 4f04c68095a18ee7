package import Foundation
package import Pictures

/// A training: its state, and the step that takes it on. What happens between steps is ``TrainingRun``'s.
package protocol NetworkTraining: AnyObject {
    var learner: Learner { get }
    /// Of the whole training.
    var steps: Int { get }
    /// What is told apart of the loss, as columns of the log; nothing unless said.
    var lossParts: [String] { get }
    /// What ``HeldOutReport/measures`` are, as columns of the log.
    static var heldOutColumns: [String] { get }

    /// One step. A loss or gradient that is no number changes nothing and is reported as it is.
    func advance() throws -> Learner.StepReport
    /// How the averaged weights do on what is never learnt from; nil if there is nothing of the kind. Always the same examples.
    func measure() throws -> HeldOutReport?
    /// What the averaged weights make, for people to look at; nil if there is nothing to see. Always of the same.
    func sheet() throws -> Image?
    /// Writes the averaged weights to a directory, as whoever uses the network reads them.
    func export(to directory: URL) throws
}

extension NetworkTraining {
    /// The number of steps taken.
    package var step: Int { learner.step }
    package var lossParts: [String] { [] }
    package func sheet() throws -> Image? { nil }
    package func save(to url: URL) throws { try learner.save(to: url) }
    package func restore(from url: URL) throws { try learner.restore(from: url) }
}

/// How averaged weights do on what is never learnt from.
package struct HeldOutReport: Sendable {
    /// Which weights are kept is decided by this: the less, the better.
    package let score: Double
    /// In the order of ``NetworkTraining/heldOutColumns``; nil where there was nothing to measure.
    package let measures: [Double?]

    package init(score: Double, measures: [Double?]) {
        (self.score, self.measures) = (score, measures)
    }
}
