import Foundation
package import Terminal

extension TextStyle.Clock {
    /// So that texts do not depend on where the tests run.
    package static let utc = TextStyle.Clock { seconds in
        var (seconds, parts) = (seconds, tm())
        gmtime_r(&seconds, &parts)
        return parts
    }
}
