import Control
import Foundation
import Hummingbird
import NIOCore
import Plans
import ServiceLifecycle

/// The page's part of the server: what browsers ask for.
struct PageRoutes: Sendable {
    private static let cookie = "nuwa"
    /// So long before its connection is closed a stream of events ends by itself; a browser then asks for it again.
    private static let farewell = TimeAmount.seconds(3)
    private static let beat = Duration.seconds(1)
    private static let slice = 1 << 18

    let service: any ControlService & PageService

    func add(to router: some RouterMethods<ControlContext>) {
        router.get("") { request, context in
            if let token = request.uri.queryParameters["token"] { return try redeem(String(token)) }
            return Self.html(
                try await service.queuePage(before: request.number("before", in: 1...Int.max).map(Int64.init)))
        }
        router.get("jobs/:id") { request, context in
            Self.html(
                try await service.jobPage(
                    context.jobID(), complaint: request.uri.queryParameters["complaint"].map { String($0.prefix(500)) },
                    for: caller(request, context)))
        }
        router.get("page/:name") { _, context in
            guard let asset = service.asset(try context.parameters.require("name")) else { throw HTTPError(.notFound) }
            return Self.response(asset.bytes, type: asset.type, cache: "no-cache")
        }
        router.get("page/events") { _, context in
            events(until: try await Doorway.end(of: context.channel) - Self.farewell)
        }
        router.get("jobs/:id/frames/:segment/:file") { _, context in
            guard let segment = SegmentID(text: try context.parameters.require("segment")),
                let place = try number(context.parameters.require("file"), ".png"),
                let png = try await service.picture(place, of: segment, of: context.jobID())
            else { throw HTTPError(.notFound) }
            // The address has the edition in it.
            return Self.response(png, type: "image/png", cache: "private, max-age=31536000, immutable")
        }
        router.get("jobs/:id/stretch/:file") { _, context in
            let file = try context.parameters.require("file")
            let job = try context.jobID()
            if file == "head.mp4", let head = try await service.stretchHead(of: job) {
                return Self.response(head.bytes, type: head.type, cache: "no-store")
            }
            guard let index = number(file, ".m4s"), let piece = try await service.stretchPiece(index, of: job) else {
                throw HTTPError(.notFound)
            }
            return Self.response(piece, type: "video/mp4", cache: "no-store")
        }
        router.get("jobs/:id/film.mp4") { request, context in try await film(context.jobID(), request) }
        for name in JobVerb.Name.allCases where name != .priority {
            router.post("jobs/:id/\(name)") { request, context in
                let job = try context.jobID()
                var complaint = ""
                do {
                    guard let caller = try await caller(request, context) else {
                        throw ControlError.forbidden(
                            "reading is for all, this is not: open the page by the address that `nuwactl page --token` prints"
                        )
                    }
                    _ = try await service.steer(request.verb(name), job, by: caller)
                } catch let error as ControlError {
                    let text = "\(error)".addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                    complaint = "?complaint=\(text)"
                }
                return Response(status: .seeOther, headers: [.location: "/jobs/\(job)\(complaint)"])
            }
        }
    }

    // MARK: - Who asks

    private func caller(_ request: Request, _ context: ControlContext) async throws -> Caller? {
        if case .process(let caller) = try await Visitor.atOtherEnd(of: context.channel) { return caller }
        let cookies = request.headers[values: .cookie].flatMap { $0.split(separator: ";") }
        return cookies.lazy.compactMap { cookie in
            let parts = cookie.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == Self.cookie else { return nil }
            return service.caller(holding: parts[1].trimmingCharacters(in: .whitespaces))
        }.first
    }

    /// The token goes into a cookie, and out of the address, where others might see it.
    /// - Throws: `ControlError.forbidden` where it is none of nuwad's
    private func redeem(_ token: String) throws -> Response {
        guard service.caller(holding: token) != nil else {
            throw ControlError.forbidden(
                "this token is none of nuwad's, or not any more: `nuwactl page --token` prints an address with a good one"
            )
        }
        let cookie = "\(Self.cookie)=\(token); Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000"
        return Response(status: .seeOther, headers: [.location: "/", .setCookie: cookie])
    }

    // MARK: - Answers

    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        var response = response(Data(text.utf8), type: "text/html; charset=utf-8", cache: "no-store", status: status)
        // Nothing from elsewhere, and nothing within the page that is not the server's own.
        response.headers[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self' blob:; "
            + "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        // A form must say where it comes from.
        response.headers[.init("Referrer-Policy")!] = "same-origin"
        return response
    }

    private static func response(
        _ bytes: Data, type: String, cache: String, status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: cache, .xContentTypeOptions: "nosniff"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Tells, whenever something happens, that it has.
    private func events(until end: NIODeadline) -> Response {
        let body = ResponseBody { [service] writer in
            try await writer.write(ByteBuffer(string: "retry: 500\n\n"))
            var seen: Int?
            var silence = 0
            while NIODeadline.now() < end, !Task.isShuttingDownGracefully {
                let pulse = service.pulse
                silence += 1
                if pulse != seen {
                    seen = pulse
                    silence = 0
                    try await writer.write(ByteBuffer(string: "data: \(pulse)\n\n"))
                } else if silence > 4 {
                    silence = 0
                    try await writer.write(ByteBuffer(string: ":\n\n"))
                }
                try await Task.sleep(for: Self.beat)
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }

    private func film(_ job: Int64, _ request: Request) async throws -> Response {
        guard let size = try await service.filmSize(of: job) else { throw HTTPError(.notFound) }
        var headers: HTTPFields = [.contentType: "video/mp4", .acceptRanges: "bytes", .cacheControl: "no-cache"]
        guard let header = request.headers[.range] else {
            return Response(status: .ok, headers: headers, body: film(job, 0..<size))
        }
        guard let range = ByteRange.parse(header, size: size) else {
            headers[.contentRange] = "bytes */\(size)"
            return Response(status: .rangeNotSatisfiable, headers: headers)
        }
        headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
        return Response(status: .partialContent, headers: headers, body: film(job, range))
    }

    private func film(_ job: Int64, _ range: Range<Int>) -> ResponseBody {
        ResponseBody(contentLength: range.count) { [service] writer in
            for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.slice) {
                let end = min(start + Self.slice, range.upperBound)
                try await writer.write(ByteBuffer(bytes: service.filmBytes(start..<end, of: job)))
            }
            try await writer.finish(nil)
        }
    }

    private func number(_ file: String, _ ending: String) -> Int? {
        file.hasSuffix(ending) ? Int(file.dropLast(ending.count)) : nil
    }
}

/// What of a file is asked for (RFC 9110, section 14): the first range of several.
enum ByteRange {
    /// nil where there is no such part.
    static func parse(_ header: String, size: Int) -> Range<Int>? {
        guard header.hasPrefix("bytes="), let first = header.dropFirst(6).split(separator: ",").first else {
            return nil
        }
        let ends = first.split(separator: "-", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        guard ends.count == 2 else { return nil }
        if ends[0].isEmpty {
            guard let last = Int(ends[1]), last > 0, size > 0 else { return nil }
            return max(0, size - last)..<size
        }
        guard let start = Int(ends[0]), (0..<size).contains(start) else { return nil }
        let end = ends[1].isEmpty ? size - 1 : Int(ends[1]) ?? -1
        return end < start ? nil : start..<min(end + 1, size)
    }
}
