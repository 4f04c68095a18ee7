package import Foundation

/// The files that a page refers to, built into the program.
package enum Asset: String, Sendable, CaseIterable {
    case style = "page.css"
    case script = "page.js"
    case icon = "icon.svg"

    package var type: String {
        switch self {
        case .style: "text/css; charset=utf-8"
        case .script: "text/javascript; charset=utf-8"
        case .icon: "image/svg+xml"
        }
    }

    package var bytes: Data {
        switch self {
        case .style: Data(PackageResources.page_css)
        case .script: Data(PackageResources.page_js)
        case .icon: Data(PackageResources.icon_svg)
        }
    }
}
