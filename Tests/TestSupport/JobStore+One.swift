package import Jobs

extension JobStore {
    /// Takes one script in.
    package func accept(_ new: NewJob) throws -> Acceptance { try accept([new])[0] }
}
