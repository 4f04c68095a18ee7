/// The type of the activations. Embeddings, the sampler's arithmetic and the networks' results are f32 in any case.
package enum Precision: String, Sendable, CaseIterable {
    /// bf16 where the processor has it natively, else f32.
    case automatic
    case f32
    case bf16
}
