package import Pictures
package import Tensors

extension Image {
    /// Its bytes in -1...1, as pixels go into the networks and come out of them.
    package var values: [Float] { pixels.map { Float($0) / 127.5 - 1 } }
}

extension Tensor {
    /// The ``values`` of pictures of one size, [N, H, W, 3].
    /// - Precondition: there is a picture at least
    package init(pixelsOf images: some Collection<Image>) {
        guard let first = images.first else { preconditionFailure("no pictures") }
        precondition(
            images.allSatisfy { $0.width == first.width && $0.height == first.height }, "pictures of several sizes")
        self.init(images.flatMap(\.values), shape: [images.count, first.height, first.width, 3])
    }
}
