import Glibc

/// Users by name.
package enum UserName {
    /// `pim`; `uid 1000` of a user that has no name here, and `nobody known` where it is not known who it was.
    package static func of(_ user: UInt32?) -> String {
        guard let user else { return "nobody known" }
        return known(user) ?? "uid \(user)"
    }

    /// nil where the user has no name.
    package static func known(_ user: UInt32) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, let found else { return nil }
        return String(cString: found.pointee.pw_name)
    }
}
