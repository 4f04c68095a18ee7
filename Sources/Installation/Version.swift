/// The version of nuwa, as every program of it tells it.
package enum NuwaVersion {
    package static let current = "0.1.0"
}
