/// What a verb did to many jobs.
package struct SteeringReport: Codable, Sendable, Equatable {
    package struct Refusal: Codable, Sendable, Equatable {
        package var id: Int64
        /// A sentence.
        package var error: String

        package init(id: Int64, error: String) {
            self.id = id
            self.error = error
        }
    }

    /// The numbers of the jobs that it happened to.
    package var changed: [Int64]
    package var refused: [Refusal]

    package init(changed: [Int64], refused: [Refusal]) {
        self.changed = changed
        self.refused = refused
    }
}
