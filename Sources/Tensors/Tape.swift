import CKernels

/// A record of operations, to be gone through backwards for gradients.
///
///     let (loss, tape) = Tape.record { network(x) }
///     let gradients = tape.backward(from: loss)
///     gradients[weight]
///
/// Outside of `record` an operation costs one comparison more, and keeps nothing.
package final class Tape {
    private struct Step {
        let output: Tensor
        let backward: (Tensor, inout Gradients) -> Void
    }

    private var steps: [Step] = []
    private var tracked: Set<ObjectIdentifier> = []

    private init(watching inputs: [Tensor]) {
        for input in inputs { tracked.insert(ObjectIdentifier(input.storage)) }
    }

    /// Runs `body` on this thread and records its operations. Gradients by `inputs` are kept too; parameters' always are.
    package static func record<Result>(
        watching inputs: [Tensor] = [], _ body: () throws -> Result
    ) rethrows -> (Result, Tape) {
        let engine = Engine.current
        require(engine.tape == nil, "a tape already records on this thread")
        let tape = Tape(watching: inputs)
        engine.tape = tape
        defer { engine.tape = nil }
        return (try body(), tape)
    }

    /// Gradients of sum(`output` * `seed`) by everything that was recorded; `seed` is one everywhere unless given. Can be asked once.
    package func backward(from output: Tensor, seed: Tensor? = nil) -> Gradients {
        let ones = { Tensor([Float](repeating: 1, count: output.count), shape: output.shape, type: output.type) }
        return backward(from: [(output, seed ?? ones())])
    }

    /// Gradients of what all outputs' sum(`output` * `seed`) add up to; an output may be on the way to another one.
    ///
    /// Can be asked once: what the forward pass kept is let go of on the way, so that the memory it took serves the gradients.
    package func backward(from outputs: [(output: Tensor, seed: Tensor)]) -> Gradients {
        let engine = Engine.current
        require(engine.tape == nil, "backward: a tape records on this thread")
        var gradients = Gradients(tracked: tracked)
        for (output, seed) in outputs {
            require(tracks(output), "backward: \(output) was not made by what this tape recorded")
            gradients.add(seed, to: output)
        }
        while let step = steps.popLast() {
            guard let gradient = gradients.take(step.output) else { continue }
            step.backward(gradient.reshaped(step.output.shape), &gradients)
        }
        return gradients
    }

    /// Called by an operation for what it made. `backward` gets the output's gradient and adds to those of the inputs.
    func append(_ output: Tensor, backward: @escaping (Tensor, inout Gradients) -> Void) {
        tracked.insert(ObjectIdentifier(output.storage))
        steps.append(Step(output: output, backward: backward))
    }

    private func tracks(_ tensor: Tensor) -> Bool { tracked.contains(ObjectIdentifier(tensor.storage)) }
}

/// What `Tape.backward` found.
package struct Gradients {
    private let tracked: Set<ObjectIdentifier>
    private var byTensor: [ObjectIdentifier: Tensor] = [:]
    private var byParameter: [Int: Tensor] = [:]

    fileprivate init(tracked: Set<ObjectIdentifier>) { self.tracked = tracked }

    /// Gradient by a parameter: f32, in the parameter's shape. nil where the output does not depend on it.
    package subscript(parameter: Parameter) -> Tensor? { byParameter[parameter.id]?.reshaped(parameter.shape) }

    /// Gradient by a watched input, in the input's type and shape.
    package subscript(input: Tensor) -> Tensor? { byTensor[ObjectIdentifier(input.storage)]?.reshaped(input.shape) }

    func wants(_ input: Tensor) -> Bool { tracked.contains(ObjectIdentifier(input.storage)) }

    mutating func add(_ gradient: Tensor, to input: Tensor) {
        let key = ObjectIdentifier(input.storage)
        guard tracked.contains(key) else { return }
        byTensor[key] = byTensor[key].map { Tensors.add($0.reshaped(gradient.shape), gradient) } ?? gradient
    }

    /// The sum so far for a parameter, zero at first; the caller adds to it in place.
    mutating func accumulator(for parameter: Parameter) -> UnsafeMutablePointer<Float> {
        let sum = byParameter[parameter.id] ?? Tensor(zeros: parameter.shape)
        byParameter[parameter.id] = sum
        return sum.pointer.assumingMemoryBound(to: Float.self)
    }

    mutating func add(_ gradient: Tensor, to parameter: Parameter) {
        let sum = accumulator(for: parameter)
        ck_combine(sum, gradient.pointer, sum, 1, 1, gradient.count, ElementType.f32.code)
    }

    /// Removes and returns the gradient of an output, which nothing before it needs.
    fileprivate mutating func take(_ output: Tensor) -> Tensor? {
        byTensor.removeValue(forKey: ObjectIdentifier(output.storage))
    }
}
