import GRDB

extension JobStore {
    /// Lets an event happen to the putting together of a job's film. Throws ``IllegalTransition`` when it makes no sense.
    package func apply(_ event: FilmEvent, toFilmOf job: Int64) throws {
        try write { try apply(event, toFilmOf: job, $0) }
    }

    func apply(_ event: FilmEvent, toFilmOf job: Int64, _ db: Database) throws {
        let next: FilmState
        do {
            next = try fetchFilm(db, job).after(event)
        } catch var error as IllegalTransition {
            error.which = "of job \(job)"
            throw error
        }
        let (isRunning, attempts) =
            switch next {
            case .waiting(let attempts): (false, attempts)
            case .running(let attempts): (true, attempts)
            }
        try db.execute(
            sql: "UPDATE jobs SET film_running = ?, film_attempts = ? WHERE id = ?",
            arguments: [isRunning, attempts, job])
    }

    func fetchFilm(_ db: Database, _ job: Int64) throws -> FilmState {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT film_running, film_attempts FROM jobs WHERE id = ?", arguments: [job])
        else { throw JobStoreError.noSuchJob(job) }
        let attempts: Int = row["film_attempts"]
        return row["film_running"] ? .running(attempts: attempts) : .waiting(attempts: attempts)
    }
}
