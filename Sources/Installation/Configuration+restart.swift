import Encoding
import Scripts

extension Configuration {
    /// What differs from `old` and is looked at only at the start.
    package func keysThatNeedARestart(after old: Configuration) -> [String] {
        let changes = [
            ("workers", workers != old.workers), ("model.name", model.name != old.model.name),
            ("model.precision", model.precision != old.model.precision),
            ("the table spool", spool != old.spool),
            ("limits.script_bytes", limits.bytes != old.limits.bytes),
            ("films.crf", films.encoding.crf != old.films.encoding.crf),
            ("films.preset", films.encoding.preset != old.films.encoding.preset),
            ("executor", executor != old.executor),
            ("page.listen", page != old.page),
        ]
        return changes.filter(\.1).map(\.0)
    }
}
