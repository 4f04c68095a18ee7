/// What a frame shows, exactly.
public struct Truth: Codable, Sendable, Equatable {
    /// One character in the picture. Positions are fractions of the picture's width and height, from the top left, of the point between the feet.
    public struct Figure: Codable, Sendable, Equatable {
        public let name: Character
        public let x: Double
        /// Smaller while in the air.
        public let y: Double
        public let action: Action
        public let facing: Direction
    }

    /// Which shot of the episode, from 0.
    public let shot: Int
    public let place: Place
    public let time: DayTime
    public let weather: Weather
    /// How far the camera looks to the right of the place's middle, as a fraction of the picture's width; negative to the left.
    public let camera: Double
    /// From the back to the front.
    public let characters: [Figure]
}
