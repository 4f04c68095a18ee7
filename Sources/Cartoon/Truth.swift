/// What a frame shows, exactly.
package struct Truth: Encodable, Sendable, Equatable {
    /// One character in the picture. Positions are fractions of the picture's width and height, from the top left, of the point between the feet.
    package struct Figure: Codable, Sendable, Equatable {
        package let name: CartoonCharacter
        package let x: Double
        /// Smaller while in the air.
        package let y: Double
        package let action: Action
        package let facing: Direction
    }

    /// Which setup of the episode, from 0.
    package let setup: Int
    package let place: Place
    package let time: DayTime
    package let weather: Weather
    /// How far the camera looks to the right of the place's middle, as a fraction of the picture's width; negative to the left.
    package let camera: Double
    /// From the back to the front.
    package let characters: [Figure]
}
