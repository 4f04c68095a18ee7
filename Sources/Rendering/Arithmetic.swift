import Files
import Foundation
import Tensors

/// What the last bits of a result depend on, beside the program: the library and the vector instructions that it
/// chooses its kernels by.
enum Arithmetic {
    /// As `oneDNN 2.6.3 avx avx2 fma`. Machines that are held back to the same instructions compute the same, whatever else they have:
    /// `oneDNN 2.6.3 at most AVX2: isa 7, kernels 1`.
    /// - Throws: `SystemError` where the processor is not told: what is made by who knows which instructions must get nobody's name
    static func description() throws(SystemError) -> String {
        let library = "oneDNN \(Engine.version)"
        if let heldBack = Engine.heldBack { return "\(library) \(heldBack)" }
        let information = String(decoding: try WholeFile.read(URL(filePath: "/proc/cpuinfo")), as: UTF8.self)
        return ([library] + vectorExtensions(cpuInformation: information)).joined(separator: " ")
    }

    /// Vector and matrix instructions of the first processor, sorted.
    /// - Parameter cpuInformation: the text of `/proc/cpuinfo`
    static func vectorExtensions(cpuInformation: String) -> [String] {
        let lines = cpuInformation.split(separator: "\n")
        let flags = lines.first { $0.hasPrefix("flags") || $0.hasPrefix("Features") }?.split(separator: ":").last ?? ""
        let families = ["avx", "fma", "f16c", "amx", "asimd", "sve", "bf16", "i8mm"]
        return flags.split(separator: " ").map(String.init)
            .filter { flag in families.contains { flag.hasPrefix($0) } }.sorted()
    }
}
