/// How time and weather colour a picture.
struct Light {
    let time: DayTime
    let weather: Weather

    /// A colour of the scenery in this light.
    func scenery(_ color: Color) -> Color {
        var color = color
        switch weather {
        case .clear: break
        case .rain: color = color.mixed(with: Color(0x6d7f92), 0.28)
        case .snow: color = color.mixed(with: Color(0xe8f0fa), 0.2)
        }
        switch time {
        case .morning: return color.times(Color(0xfff0e0)).mixed(with: Color(0xffc9b0), 0.18)
        case .noon: return color
        case .evening: return color.times(Color(0xffb08c)).mixed(with: Color(0x8a3358), 0.2)
        case .night: return color.times(Color(0x7284c4)).mixed(with: Color(0x1a2460), 0.2)
        }
    }

    /// A colour of the ground: under snow it is nearly white.
    func ground(_ color: Color) -> Color {
        guard weather == .snow else { return scenery(color) }
        let snow: Color
        switch time {
        case .morning: snow = Color(0xfff0ea)
        case .noon: snow = Color(0xf8fcff)
        case .evening: snow = Color(0xf6c6c8)
        case .night: snow = Color(0x8896cc)
        }
        return scenery(color).mixed(with: snow, 0.7)
    }

    /// A colour of a character: tinted less, so that it is known at any time.
    func figure(_ color: Color) -> Color {
        switch time {
        case .morning: color.mixed(with: Color(0xffd2b4), 0.07)
        case .noon: color
        case .evening: color.times(Color(0xffd9c4)).mixed(with: Color(0x8a3358), 0.08)
        case .night: color.times(Color(0xd6d8f6)).mixed(with: Color(0x1a2460), 0.04)
        }
    }

    var outline: Color {
        switch time {
        case .morning: Color(0x3a2836)
        case .noon: Color(0x2b2433)
        case .evening: Color(0x331a30)
        case .night: Color(0x0c0f2a)
        }
    }

    /// The sky from top to horizon.
    var sky: [Color] {
        let clear: [Color]
        switch time {
        case .morning: clear = [Color(0x8fc4ea), Color(0xd8dff0), Color(0xffd6b8)]
        case .noon: clear = [Color(0x3d97e6), Color(0x7cc2f4), Color(0xc9ecfb)]
        case .evening: clear = [Color(0x5f3c86), Color(0xe0645a), Color(0xffb54d)]
        case .night: clear = [Color(0x0a0e30), Color(0x182152), Color(0x33437e)]
        }
        let overcast: Color
        switch (time, weather) {
        case (_, .clear): return clear
        case (.morning, .rain): overcast = Color(0x9fa3b3)
        case (.noon, .rain): overcast = Color(0x8798ab)
        case (.evening, .rain): overcast = Color(0x84566a)
        case (.night, .rain): overcast = Color(0x20263f)
        case (.morning, .snow): overcast = Color(0xe6dde2)
        case (.noon, .snow): overcast = Color(0xcfdeed)
        case (.evening, .snow): overcast = Color(0xc48f9a)
        case (.night, .snow): overcast = Color(0x3c466e)
        }
        return clear.map { $0.mixed(with: overcast, 0.6) }
    }
}
