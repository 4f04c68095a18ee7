// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "nuwa",
    targets: [
        .target(name: "Script"),
        .target(name: "RenderPlan", dependencies: ["Script"]),
        .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
        .systemLibrary(
            name: "CLibAV", pkgConfig: "libavformat",
            providers: [.apt(["libavcodec-dev", "libavformat-dev", "libavutil-dev", "libswscale-dev"])]),
        .target(name: "Digest", dependencies: ["CLibAV"]),
        .target(name: "Pictures", dependencies: ["CCairo"]),
        .target(name: "Video", dependencies: ["CLibAV", "Digest", "Pictures"]),
        .target(name: "Cartoon", dependencies: ["CCairo", "Pictures"]),
        .testTarget(name: "CartoonTests", dependencies: ["Cartoon", "Pictures"]),
        .testTarget(name: "DigestTests", dependencies: ["Digest"]),
        .testTarget(name: "PicturesTests", dependencies: ["Pictures"]),
        .testTarget(name: "RenderPlanTests", dependencies: ["RenderPlan", "Script"]),
        .testTarget(name: "ScriptTests", dependencies: ["Script"]),
        .testTarget(name: "VideoTests", dependencies: ["Digest", "Pictures", "Video"]),
    ],
    swiftLanguageModes: [.v6]
)
