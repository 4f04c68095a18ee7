import Glibc

/// What somebody may do with jobs. Everybody who reaches the socket may look. Pure.
struct Authority: Equatable {
    let user: uid_t
    /// May do everything: root, the user that nuwad runs as, and the members of the admin group.
    let isAdmin: Bool

    init(user: uid_t, daemon: uid_t, isInAdminGroup: Bool) {
        self.user = user
        isAdmin = user == 0 || user == daemon || isInAdminGroup
    }

    /// - Parameter owner: of a job; nil where that is not known
    func covers(owner: uid_t?) -> Bool { isAdmin || owner == user }
}
