/// A script or a job is for a model that is not loaded.
package struct OtherModel: Error, CustomStringConvertible {
    let message: String
    let remedy = "set model.name in nuwad.toml, or leave it out of the script"

    package init(wanted: String, loaded: String) {
        message = "this nuwad renders with the model \"\(loaded)\", not \"\(wanted)\""
    }

    package var description: String { "\(message); \(remedy)" }
}
