/// Where a setup plays. Each place has one fixed layout, so that it looks the same whenever it is visited.
package enum Place: String, Codable, Sendable, CaseIterable {
    case meadow, forest, desert, beach, village, cave
}

/// The time of day; it tints everything.
package enum DayTime: String, Codable, Sendable, CaseIterable {
    case morning, noon, evening, night
}

package enum Weather: String, Codable, Sendable, CaseIterable {
    case clear, rain, snow
}

/// The four characters: Pim (a boy in red with a cap), Lulu (a girl with long dark hair in a yellow dress), Rok (a green dinosaur) and Bo (a blue-grey robot).
package enum CartoonCharacter: String, Codable, Sendable, CaseIterable {
    case pim = "Pim"
    case lulu = "Lulu"
    case rok = "Rok"
    case bo = "Bo"
}

package enum Action: String, Codable, Sendable, CaseIterable {
    case walk, jump, wave, sit, stand
}

package enum Direction: String, Codable, Sendable, CaseIterable {
    case left, right

    var opposite: Direction { self == .left ? .right : .left }
}
