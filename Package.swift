// swift-tools-version: 6.1
import PackageDescription

// The rooms, from pure to outward. A newcomer reads them from the top; docs/architecture.md tells the way of a script through them.

let lld: [LinkerSetting] = [.unsafeFlags(["-use-ld=lld"])]  // an edit links in 3 s instead of 24
let fast: [String] = ["-O3"]  // kernels are hot in debug builds too

let package = Package(
    name: "nuwa",
    products: [
        .executable(name: "nuwad", targets: ["nuwad"]),
        .executable(name: "nuwactl", targets: ["nuwactl"]),
        .executable(name: "nuwa", targets: ["nuwa"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.31.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Files as the operating system gives and takes them.
        .target(name: "Files"),
        .target(name: "Threads"),

        // What the user wrote, and what is to be made of it.
        .target(name: "Terminal"),
        .target(name: "JSON"),
        .target(
            name: "Console",
            dependencies: ["Terminal", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
        .target(name: "Plans", dependencies: ["Terminal"]),
        .target(name: "Scripts", dependencies: ["Plans", "Terminal"]),
        .target(name: "Imports", dependencies: ["Scripts"]),
        .target(name: "Models"),
        .target(name: "Commissions", dependencies: ["Imports", "Models", "Plans", "Scripts"]),

        // The engine and the networks.
        .target(
            name: "CDNNL", cxxSettings: [.unsafeFlags(fast)],
            linkerSettings: [.linkedLibrary("dnnl"), .linkedLibrary("gomp")]),
        .target(name: "CKernels", cSettings: [.unsafeFlags(fast)], linkerSettings: [.linkedLibrary("m")]),
        .target(name: "Tensors", dependencies: ["CDNNL", "CKernels", "Files"]),
        .target(name: "Diffusion", dependencies: ["Digest", "JSON", "Models", "Pictures", "Tensors"]),

        // Pictures and films.
        .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
        .systemLibrary(
            name: "CLibAV", pkgConfig: "libavformat",
            providers: [.apt(["libavcodec-dev", "libavformat-dev", "libavutil-dev", "libswscale-dev"])]),
        .target(name: "Digest", dependencies: ["CLibAV", "Files"]),
        .target(name: "Pictures", dependencies: ["CCairo", "Files"]),
        .target(name: "Encoding"),
        .target(name: "Video", dependencies: ["CLibAV", "Digest", "Encoding", "Files", "Pictures"]),
        .target(name: "Cartoon", dependencies: ["CCairo", "Models", "Pictures"]),

        // What networks learn from.
        .target(name: "Corpora", dependencies: ["Cartoon", "Diffusion", "Files", "Pictures", "Tensors", "Video"]),
        .target(
            name: "Training",
            dependencies: [
                "Cartoon", "Corpora", "Diffusion", "Files", "Models", "Pictures", "Tensors", "Threads",
                .product(name: "TOMLKit", package: "TOMLKit"),
            ]),

        // How good they are.
        .target(
            name: "Evaluation",
            dependencies: [
                "Cartoon", "Corpora", "Diffusion", "Digest", "JSON", "Models", "Pictures", "Tensors", "Terminal",
                "Threads", "Training",
            ]),
        .target(
            name: "Comparison",
            dependencies: [
                "Corpora", "Diffusion", "Evaluation", "JSON", "Models", "Pictures", "Plans", "Tensors", "Terminal",
            ]),

        // Making films.
        .systemLibrary(name: "CLinux"),
        .target(
            name: "Rendering",
            dependencies: [
                "CLinux", "Diffusion", "Digest", "Encoding", "Files", "Models", "Pictures", "Plans", "Scripts",
                "Tensors", "Terminal", "Threads", "Video",
            ]),

        .target(name: "Children", dependencies: ["CLinux", "Files"]),
        .target(name: "Cluster", dependencies: ["CLinux", "Children", "Files", "Rendering", "Terminal", "Threads"]),

        // The daemon's parts.
        .systemLibrary(name: "CInotifyTools", providers: [.apt(["libinotifytools0-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(name: "Jobs", dependencies: ["Plans", .product(name: "GRDB", package: "GRDB.swift")]),
        .target(name: "Spool", dependencies: ["CInotifyTools", "Digest", "Files", "Terminal", "Threads"]),
        .target(name: "Systemd", dependencies: ["CSystemd", .product(name: "Logging", package: "swift-log")]),
        .target(
            name: "Installation",
            dependencies: [
                "Encoding", "Files", "Models", "Plans", "Scripts", .product(name: "TOMLKit", package: "TOMLKit"),
            ]),
        .target(
            name: "Reports", dependencies: ["Commissions", "Jobs", "Models", "Plans", "Scripts", "Terminal"]),
        .target(
            name: "Page", dependencies: ["Jobs", "Reports", "Scripts", "Terminal"],
            resources: ["page.css", "page.js", "icon.svg"].map { .embedInCode($0) }),
        .target(name: "Control", dependencies: ["Files", "JSON", "Jobs", "Reports", "Terminal"]),
        .target(
            name: "Server",
            dependencies: [
                "Control", "Files", "Installation", "JSON", "Jobs", "Plans", "Reports",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),

        // What people start.
        .executableTarget(
            name: "nuwad",
            dependencies: [
                "Cluster", "Commissions", "Control", "Diffusion", "Digest", "Encoding", "Files", "Installation",
                "Jobs", "Models", "Page", "Pictures", "Plans", "Rendering", "Reports", "Scripts", "Server", "Spool",
                "Systemd", "Tensors", "Terminal", "Video",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], linkerSettings: lld),
        .executableTarget(
            name: "nuwactl",
            dependencies: [
                "Commissions", "Console", "Control", "Files", "Imports", "Installation", "JSON", "Jobs", "Models",
                "Pictures", "Plans", "Reports", "Scripts", "Terminal",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], linkerSettings: lld),
        .executableTarget(
            name: "nuwa",
            dependencies: [
                "Cartoon", "Commissions", "Comparison", "Console", "Corpora", "Diffusion", "Encoding",
                "Evaluation", "Files", "Imports", "Installation", "JSON", "Models", "Pictures", "Plans", "Rendering",
                "Scripts", "Spool", "Tensors", "Terminal", "Threads", "Training", "Video",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], linkerSettings: lld),

        .target(
            name: "TestSupport",
            dependencies: [
                "Children", "Commissions", "Encoding", "Imports", "JSON", "Jobs", "Models", "Plans", "Reports",
                "Scripts", "Terminal", "Video",
            ],
            path: "Tests/TestSupport"),
        .testTarget(name: "CartoonTests", dependencies: ["Cartoon", "Models", "Pictures"]),
        .testTarget(
            name: "ComparisonTests",
            dependencies: [
                "Comparison", "Diffusion", "Evaluation", "Files", "Models", "Plans", "Rendering", "Scripts",
                "TestSupport",
            ]),
        .testTarget(
            name: "ClusterTests",
            dependencies: [
                "Cluster", "Diffusion", "Encoding", "Files", "Models", "Plans", "Rendering", "Scripts", "TestSupport",
            ]),
        .testTarget(
            name: "CommissionsTests", dependencies: ["Commissions", "Models", "Plans", "Scripts", "TestSupport"]),
        .testTarget(
            name: "CorporaTests", dependencies: ["Cartoon", "Corpora", "Pictures", "TestSupport", "Video"]),
        .testTarget(name: "DiffusionTests", dependencies: ["Diffusion", "Digest", "Models", "Pictures", "Tensors"]),
        .testTarget(name: "DigestTests", dependencies: ["Digest", "Files"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["CLibAV", "Pictures", "TestSupport", "Video", "nuwa", "nuwactl", "nuwad"]),
        .testTarget(
            name: "EvaluationTests",
            dependencies: [
                "Cartoon", "Corpora", "Diffusion", "Evaluation", "Models", "Pictures", "TestSupport", "Training",
            ]),
        .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"]),
        .testTarget(
            name: "ImportsTests", dependencies: ["Commissions", "Imports", "Models", "Scripts", "TestSupport"]),
        .testTarget(
            name: "InstallationTests", dependencies: ["Encoding", "Installation", "Models", "Scripts", "TestSupport"]),
        .testTarget(
            name: "JobsTests",
            dependencies: ["Jobs", "Plans", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")]),
        .testTarget(name: "ModelsTests", dependencies: ["Models", "TestSupport"]),
        .testTarget(name: "NuwaTests", dependencies: ["Pictures", "TestSupport", "Video", "nuwa"]),
        .testTarget(
            name: "NuwactlTests",
            dependencies: [
                "Control", "Files", "Installation", "Jobs", "Plans", "Reports", "Scripts", "TestSupport", "nuwactl",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(
            name: "NuwadTests",
            dependencies: [
                "Jobs", "Plans", "Rendering", "Reports", "TestSupport", "Video", "nuwad",
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(name: "PageTests", dependencies: ["Jobs", "Page", "Reports", "TestSupport"]),
        .testTarget(name: "PicturesTests", dependencies: ["Files", "Pictures", "TestSupport"]),
        .testTarget(name: "PlansTests", dependencies: ["Plans", "TestSupport"]),
        .testTarget(
            name: "RenderingTests",
            dependencies: [
                "Diffusion", "Digest", "Encoding", "Files", "Models", "Pictures", "Plans", "Rendering", "Scripts",
                "TestSupport", "Video", "nuwa",
            ]),
        .testTarget(
            name: "ReportsTests",
            dependencies: ["JSON", "Jobs", "Models", "Plans", "Reports", "Scripts", "Terminal", "TestSupport"]),
        .testTarget(name: "ScriptsTests", dependencies: ["Models", "Scripts", "Terminal", "TestSupport"]),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Control", "Files", "JSON", "Jobs", "Plans", "Reports", "Server", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .testTarget(name: "SpoolTests", dependencies: ["Jobs", "Spool", "TestSupport"]),
        .testTarget(
            name: "SystemdTests", dependencies: ["Systemd", .product(name: "Logging", package: "swift-log")]),
        .testTarget(name: "TensorsTests", dependencies: ["CKernels", "Files", "Tensors"]),
        .testTarget(name: "TerminalTests", dependencies: ["Terminal", "TestSupport"]),
        .testTarget(name: "ThreadsTests", dependencies: ["TestSupport", "Threads"]),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "Cartoon", "Corpora", "Diffusion", "Models", "Pictures", "Tensors", "TestSupport", "Threads",
                "Training",
            ]),
        .testTarget(name: "VideoTests", dependencies: ["CLibAV", "Pictures", "TestSupport", "Video"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// Swift's next language mode, early: SE-0335 (any), SE-0444 (a member needs its module's import), SE-0409 (imports are internal
// unless said). `package` declarations say with `package import` which modules' types they show.
for target in package.targets where ![.system, .plugin].contains(target.type) {
    target.swiftSettings = ["ExistentialAny", "MemberImportVisibility", "InternalImportsByDefault"].map {
        .enableUpcomingFeature($0)
    }
}

// `make fuzz`: what reads other people's bytes, built for libFuzzer into a folder of its own. Never part of the product.
if let libFuzzer = Context.environment["NUWA_LIBFUZZER"] {
    let rooms = [
        "Commissions", "Files", "Imports", "Models", "Plans", "Rendering", "Scripts", "Tensors", "Terminal",
    ]
    package.targets.append(
        .executableTarget(
            name: "Fuzzers", dependencies: ["Commissions", "Imports", "Models", "Rendering", "Scripts", "Tensors"],
            path: "Tests/Fuzzers", exclude: ["corpora", "fuzz", "http"],
            linkerSettings: lld + [.unsafeFlags([libFuzzer]), .linkedLibrary("stdc++")]))
    for target in package.targets where rooms.contains(target.name) || target.name == "Fuzzers" {
        target.swiftSettings =
            (target.swiftSettings ?? []) + [
                .unsafeFlags(["-sanitize=fuzzer"])
            ]
    }
}
