/// Why there is nothing to show.
package struct ErrorPage {
    private let reason: String

    /// - Parameter reason: a sentence
    package init(_ reason: String) { self.reason = reason }

    package var html: String {
        Layout(
            title: "nuwa", outlook: .never,
            main: """
                <h1>Nothing to see here</h1>
                <p class="notice">\(reason)</p>
                <p><a href="/">All films</a></p>
                """
        ).html
    }
}
