/// Traps with `message` unless `condition` holds, in release builds too (`precondition` says nothing there).
///
/// For mistakes in a program: shapes that do not fit, a missing gradient. What input can cause is thrown instead.
@inline(__always)
func require(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError(message()) }
}
