package import Foundation
package import Plans

/// The page that nuwad shows to browsers. Everybody who reaches it may look; `caller` is known where the kernel vouches for him, or
/// where he holds a token.
package protocol PageService: Sendable {
    /// A style sheet, a script or a picture of the page itself.
    func asset(_ name: String) -> (type: String, bytes: Data)?
    /// All films, or of those that are over the ones before a number.
    func queuePage(before: Int64?) async throws -> String
    /// One film.
    /// - Parameter complaint: why what was asked for did not happen
    /// - Throws: `ControlError.noSuchJob`
    func jobPage(_ id: Int64, complaint: String?, for caller: Caller?) async throws -> String
    /// What is shown in the place of a page that there is not.
    func errorPage(_ reason: String) -> String
    /// The PNG of one frame of a segment; nil where it is not there.
    func picture(_ place: Int, of segment: SegmentID, of job: Int64) async throws -> Data?
    /// What a player must know before the pieces of a film that is still being made; nil where there are none yet.
    func stretchHead(of job: Int64) async throws -> (type: String, bytes: Data)?
    /// One of these, a segment of the finest depth; nil where it is not there.
    func stretchPiece(_ index: Int, of job: Int64) async throws -> Data?
    /// The length of a finished film in bytes; nil where there is none.
    func filmSize(of job: Int64) async throws -> Int?
    func filmBytes(_ range: Range<Int>, of job: Int64) async throws -> Data
    /// Another number whenever something has happened.
    var pulse: Int { get }

    /// Whom a token was given to; nil where it is none of nuwad's.
    func caller(holding token: String) -> Caller?
}
