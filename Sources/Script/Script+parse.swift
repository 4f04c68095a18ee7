package import Foundation

extension Script {
    /// Reads a script from the bytes of a file. `name` is what the diagnostics call it.
    ///
    /// Throws all errors at once, so that one round of corrections is enough.
    package static func parse(
        _ data: Data, name: String, limits: ScriptLimits = .default
    ) throws(ScriptErrors) -> (script: Script, warnings: [Diagnostic]) {
        let source = try ScriptSource.read(data, name: name, limits: limits)
        var parser = ScriptParser(name: name, limits: limits)
        return try parser.parse(source)
    }

    /// Reads a script from text.
    package static func parse(
        _ text: String, name: String, limits: ScriptLimits = .default
    ) throws(ScriptErrors) -> (script: Script, warnings: [Diagnostic]) {
        try parse(Data(text.utf8), name: name, limits: limits)
    }
}
