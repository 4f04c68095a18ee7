/// What all pages have around them.
struct Layout {
    /// Of the window.
    let title: String
    let outlook: Outlook
    let main: Markup

    /// When something may happen that changes the page.
    enum Outlook {
        case never
        /// The page listens.
        case someday
        /// A browser without script loads it again as well.
        case soon
    }

    var html: String {
        let refresh: Markup = outlook == .soon ? "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>" : ""
        let page: Markup = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title)</title>
            <link rel="icon" href="/page/icon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="/page/page.css">
            <script src="/page/page.js" type="module"></script>
            \(refresh)
            </head>
            <body\(outlook == .never ? "" : " data-live")>
            <a class="skip" href="#main">Skip to the films</a>
            <header class="top"><a class="mark" href="/"><img src="/page/icon.svg" alt="" width="28" height="28">nuwa</a></header>
            <main id="main">
            \(main)
            </main>
            </body>
            </html>

            """
        return page.html
    }
}

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
