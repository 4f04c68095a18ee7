import CKernels

/// Element type of activations. Sums, statistics and trained weights are f32 in either case.
package enum ElementType: String, Sendable, CaseIterable {
    case f32
    /// The upper half of an f32: 8 bits of precision. Only worth it where the CPU multiplies it natively.
    case bf16

    /// Bytes per element.
    package var width: Int { self == .f32 ? 4 : 2 }

    /// CK_F32 and CDNNL_F32 are the same number, and so are those of bf16.
    var code: Int32 { self == .f32 ? Int32(CK_F32) : Int32(CK_BF16) }
}
