package import Jobs

extension JobStore {
    /// Takes one script in.
    package func accept(_ new: NewJob) throws -> Acceptance { try accept([new])[0] }

    /// All jobs, by number.
    package func jobs() throws -> [Job] { try jobs(in: Set(JobState.Name.allCases)) }
}
