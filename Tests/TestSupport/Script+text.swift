package import Commissions
package import Foundation
import Imports
package import Models
package import Scripts

// Scripts with the limits of an installation that nobody configured.

extension Script {
    package static func parse(
        _ data: Data, name: String, limits: ScriptLimits = .default
    ) throws(ScriptErrors) -> (script: Script, warnings: [Diagnostic]) {
        let source = try ScriptSource.read(data, name: name, limits: limits)
        return try parse(source, name: name, limits: limits, overrides: ScriptSettings(), model: nil)
    }

    package static func parse(
        _ text: String, name: String, limits: ScriptLimits = .default
    ) throws(ScriptErrors) -> (script: Script, warnings: [Diagnostic]) {
        try parse(Data(text.utf8), name: name, limits: limits)
    }

    package static func read(
        _ data: Data, name: String, overrides: ScriptSettings = ScriptSettings()
    ) throws(ScriptErrors) -> (script: Script, warnings: [Diagnostic]) {
        try read(data, name: name, limits: .default, overrides: overrides)
    }
}

extension Commission {
    package init(_ text: String, name: String, model: ModelConfiguration) throws(ScriptErrors) {
        try self.init(text, name: name, limits: .default, model: model)
    }
}
