import Console
import JSON

extension Output {
    static func json(_ value: some Encodable, pretty: Bool = true) throws {
        write(try ReportJSON.encode(value, pretty: pretty))
    }
}
