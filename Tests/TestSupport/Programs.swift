package import Foundation

/// The executables of this package, which the build puts beside the test bundle.
package enum Programs {
    package static var nuwa: URL { get throws { try program("nuwa") } }
    package static var nuwad: URL { get throws { try program("nuwad") } }
    package static var nuwactl: URL { get throws { try program("nuwactl") } }

    private static func program(_ name: String) throws -> URL {
        // The test process is the bundle itself, or a helper of the toolchain that was given the bundle's path.
        let places = [CommandLine.arguments.first, CommandLine.arguments.first { $0.hasSuffix(".xctest") }]
            .compactMap { $0 }.map { URL(filePath: $0).deletingLastPathComponent() }
        for place in places + [Bundle.main.bundleURL] {
            let candidate = place.appending(path: name)
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
        }
        throw MissingProgram(name: name, places: places.map(\.path))
    }
}

package struct MissingProgram: Error, CustomStringConvertible {
    let name: String
    let places: [String]

    package var description: String {
        "no executable \(name) in \(places.joined(separator: ", ")): build the package first"
    }
}
