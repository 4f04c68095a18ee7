import Cartoon
import Diffusion
import Foundation

extension CartoonCharacter {
    /// Words that only captions of this character use, so that they would give a swapped name away.
    fileprivate var epithets: [String] {
        switch self {
        case .pim: ["boy", "red"]
        case .lulu: ["girl", "yellow"]
        case .rok: ["dinosaur", "green"]
        case .bo: ["robot"]
        }
    }
}

/// A caption with one of its names in another's place; nil where it has no name without an epithet, or nobody is away.
func swappedName(in caption: String, _ random: inout RandomStream) -> String? {
    let absent = CartoonCharacter.allCases.filter { !caption.contains($0.rawValue) }
    let plain = CartoonCharacter.allCases.filter { character in
        caption.contains(character.rawValue) && !character.epithets.contains(where: caption.contains)
    }
    guard !absent.isEmpty, !plain.isEmpty else { return nil }
    let (name, other) = (plain[random.below(plain.count)], absent[random.below(absent.count)])
    return caption.replacingOccurrences(of: name.rawValue, with: other.rawValue)
}
