import Foundation
package import Scripts

extension Script {
    package static func parse(
        _ text: String, name: String, limits: ScriptLimits = .default
    ) throws(ScriptErrors) -> (script: Script, warnings: [Diagnostic]) {
        try parse(Data(text.utf8), name: name, limits: limits)
    }
}
