import Cartoon

/// What films come to, by what the recogniser reads in them: pure arithmetic over readings.
package enum FilmTable {
    /// Frames of a second, over which it is measured how far somebody goes.
    private static let second = 24
    /// Every so many frames a second begins.
    private static let pace = 8
    /// At a film's beginning and end, what drift is measured by.
    private static let edge = 0.15

    /// The rows of the model's table.
    package static func rows(short: [FilmReading], long: [FilmReading]) -> [EvaluationRow] {
        casts(short, in: "226 frames") + [exactCast(long, "exact cast, 3376 frames, all")] + measures(short + long)
            + drift(long, "drift over 3376 frames")
    }

    /// The rows of films of one length that are compared with others of that length.
    package static func rows(compared films: [FilmReading]) -> [EvaluationRow] {
        [exactCast(films, "exact cast")] + measures(films) + drift(films, "drift")
    }

    private static func exactCast(_ films: [FilmReading], _ name: String) -> EvaluationRow {
        row(name, .share, films, target: "90 %") { film, side in
            share(film.truth.indices) { film.truth[$0].cast == side.sightings[$0].cast }
        }
    }

    private static func measures(_ all: [FilmReading]) -> [EvaluationRow] {
        [
            row("doubled or uninvited, per frame", .number, all, target: "0.03 or less", uninvited),
            row("place", .share, all, target: "99 %") { film, side in
                share(film.truth.indices) { film.truth[$0].place == side.sightings[$0].place }
            },
            row("time of day", .share, all, target: "99 %") { film, side in
                share(film.truth.indices) { film.truth[$0].time == side.sightings[$0].time }
            },
            row("weather", .share, all, target: "99 %") { film, side in
                share(film.truth.indices) { film.truth[$0].weather == side.sightings[$0].weather }
            },
            actions(all, "action"), facings(all, "facing of walkers"),
            row("walkers go the right way", .share, all, target: "90 %") { film, side in
                share(journeys(film, side).filter(\.isWalk)) { $0.seen * $0.truth > 0 }
            },
            row("walkers' way in a second, of the cartoon's", .share, all, target: "70-130 %") { film, side in
                let walks = journeys(film, side).filter { $0.isWalk && $0.truth != 0 }
                return [
                    walks.reduce(0) { $0 + ($1.truth > 0 ? $1.seen : -$1.seen) },
                    walks.reduce(0) { $0 + abs($1.truth) }, Double(walks.count),
                ]
            },
            row("who rests goes in a second, pixels", .number, all, target: "within 20 % of the cartoon's") {
                film, side in
                let rests = journeys(film, side).filter { !$0.isWalk }
                return [
                    rests.reduce(0) { $0 + abs($1.seen) } * Double(Recogniser.width), Double(rests.count),
                    Double(rests.count),
                ]
            },
            joins(all),
        ]
    }

    /// What is right in keyframes alone, which many more films can be asked for than whole films: what films can come to, since the rest
    /// is filled in between these.
    package static func rows(keyframes films: [FilmReading]) -> [EvaluationRow] {
        casts(films, in: "keyframes") + [
            row("doubled or uninvited, per keyframe", .number, films, target: "0.03 or less", uninvited),
            actions(films, "action, keyframes"), facings(films, "facing of walkers, keyframes"),
            row("who rests jumps to the next keyframe", .share, films, target: "as the cartoon's") { film, side in
                share(rests(film, side)) { abs(($0.seen.to - $0.seen.from) - ($0.truth.to - $0.truth.from)) > jump }
            },
        ]
    }

    private static func actions(_ films: [FilmReading], _ name: String) -> EvaluationRow {
        row(name, .share, films, target: "85 %") { film, side in
            share(found(film, side)) { $0.truth.action == $0.seen.action }
        }
    }

    private static func facings(_ films: [FilmReading], _ name: String) -> EvaluationRow {
        row(name, .share, films, target: "90 %") { film, side in
            share(found(film, side).filter { $0.truth.action == .walk }) { $0.truth.facing == $0.seen.facing }
        }
    }

    /// A resting figure that stands more than this off where it should, seen from the keyframe before, has jumped: of the picture's width.
    private static let jump = 0.1

    private static func casts(_ films: [FilmReading], in frames: String) -> [EvaluationRow] {
        [(1, "one character", "97 %"), (2, "two", "93 %"), (3, "three", "85 %")].map { size, name, target in
            row("exact cast, \(frames), \(name)", .share, films, target: target) { film, side in
                let frames = film.truth.indices.filter { film.truth[$0].figures.count == size }
                return share(frames) { film.truth[$0].cast == side.sightings[$0].cast }
            }
        }
    }

    /// Where everybody is who rests from one frame shown to the next, and is seen once in both.
    private static func rests(
        _ film: FilmReading, _ side: FilmReading.Side
    ) -> [(truth: (from: Double, to: Double), seen: (from: Double, to: Double))] {
        film.truth.indices.dropLast().filter { film.stretch[$0] == film.stretch[$0 + 1] }.flatMap { frame in
            film.truth[frame].figures.filter { $0.action != .walk }.compactMap { truth in
                guard let next = film.truth[frame + 1].only(truth.name),
                    let seen = side.sightings[frame].only(truth.name),
                    let seenNext = side.sightings[frame + 1].only(truth.name)
                else { return nil }
                return ((truth.x, next.x), (seen.x, seenNext.x))
            }
        }
    }

    /// A measure as a ratio of two sums over films, [sum, of, n], read in the films and in the cartoon's own pictures.
    private static func row(
        _ name: String, _ unit: EvaluationRow.Unit, _ films: [FilmReading], target: String,
        _ sums: (FilmReading, FilmReading.Side) -> [Double]
    ) -> EvaluationRow {
        func ratio(_ sums: [Double]) -> Double? { sums[1] == 0 ? nil : sums[0] / sums[1] }
        let made = films.map { sums($0, $0.made) }
        return EvaluationRow(
            name: name, unit: unit, estimate: Estimate(made, ratio),
            ceiling: Estimate(films.map { sums($0, $0.real) }, ratio)?.value,
            count: made.reduce(0) { $0 + Int($1[2]) }, films: films.count, target: target)
    }

    private static func share<Item>(_ items: some Collection<Item>, _ isRight: (Item) -> Bool) -> [Double] {
        [Double(items.count(where: isRight)), Double(items.count), Double(items.count)]
    }

    /// Figures beyond those that the script asks for: others, or the same again.
    private static func uninvited(_ film: FilmReading, _ side: FilmReading.Side) -> [Double] {
        let extra = film.truth.indices.reduce(0) { sum, frame in
            CartoonCharacter.allCases.reduce(sum) { sum, name in
                func count(_ sighting: Sighting) -> Int { sighting.figures.count { $0.name == name } }
                return sum + max(0, count(side.sightings[frame]) - count(film.truth[frame]))
            }
        }
        return [Double(extra), Double(film.frames), Double(film.frames)]
    }

    /// Those of the cast who are to be seen just once, with what should be seen of them.
    private static func found(
        _ film: FilmReading, _ side: FilmReading.Side
    ) -> [(truth: Sighting.Figure, seen: Sighting.Figure)] {
        film.truth.indices.flatMap { frame in
            film.truth[frame].figures.compactMap { truth in
                side.sightings[frame].only(truth.name).map { (truth, $0) }
            }
        }
    }

    /// How far somebody goes to the right in a second, as a fraction of the picture's width.
    private struct Journey {
        let isWalk: Bool
        let truth, seen: Double
    }

    /// Of all who are to be seen once at both ends of a second in which they do one thing.
    private static func journeys(_ film: FilmReading, _ side: FilmReading.Side) -> [Journey] {
        stride(from: 0, to: film.frames - second, by: pace).flatMap { start -> [Journey] in
            let end = start + second
            guard film.stretch[start] == film.stretch[end] else { return [] }
            return film.truth[start].figures.compactMap { truth in
                guard let last = film.truth[end].only(truth.name),
                    let seen = side.sightings[start].only(truth.name),
                    let seenLast = side.sightings[end].only(truth.name)
                else { return nil }
                return Journey(isWalk: truth.action == .walk, truth: last.x - truth.x, seen: seenLast.x - seen.x)
            }
        }
    }

    /// The change from frame to frame where another segment begins, and inside segments; not where the content changes.
    private static func joins(_ films: [FilmReading]) -> EvaluationRow {
        func sums(_ film: FilmReading, _ side: FilmReading.Side) -> [Double] {
            var sums = [0.0, 0, 0, 0]
            for frame in 1..<film.frames where film.stretch[frame] == film.stretch[frame - 1] {
                let at = film.joins.contains(frame) ? 0 : 2
                sums[at] += side.changes[frame] ?? 0
                sums[at + 1] += 1
            }
            return sums
        }
        func ratio(_ sums: [Double]) -> Double? {
            guard sums[1] > 0, sums[2] > 0 else { return nil }
            return (sums[0] / sums[1]) / (sums[2] / sums[3])
        }
        let made = films.map { sums($0, $0.made) }
        return EvaluationRow(
            name: "change across joins / inside segments", unit: .number, estimate: Estimate(made, ratio),
            ceiling: Estimate(films.map { sums($0, $0.real) }, ratio)?.value,
            count: made.reduce(0) { $0 + Int($1[1]) }, films: films.count, target: "1.2 or less")
    }

    /// How much less is right at the end of long films than at their beginning.
    private static func drift(_ films: [FilmReading], _ title: String) -> [EvaluationRow] {
        func row(_ name: String, _ isRight: @escaping (Sighting, Sighting) -> Bool) -> EvaluationRow {
            func sums(_ film: FilmReading, _ side: FilmReading.Side) -> [Double] {
                let edge = Int(Double(film.frames) * edge)
                return [0..<edge, film.frames - edge..<film.frames].flatMap { frames in
                    [Double(frames.count { isRight(film.truth[$0], side.sightings[$0]) }), Double(frames.count)]
                }
            }
            func difference(_ sums: [Double]) -> Double? {
                sums[1] == 0 ? nil : sums[0] / sums[1] - sums[2] / sums[3]
            }
            let made = films.map { sums($0, $0.made) }
            return EvaluationRow(
                name: "\(title): \(name)", unit: .share, estimate: Estimate(made, difference),
                ceiling: Estimate(films.map { sums($0, $0.real) }, difference)?.value,
                count: made.reduce(0) { $0 + Int($1[1] + $1[3]) }, films: films.count, target: "as the cartoon's")
        }
        return [
            row("exact cast") { $0.cast == $1.cast },
            row("place, time and weather") { $0.place == $1.place && $0.time == $1.time && $0.weather == $1.weather },
        ]
    }
}

extension Sighting {
    /// The figure of a name, if there is just one.
    func only(_ name: CartoonCharacter) -> Figure? {
        let same = figures.filter { $0.name == name }
        return same.count == 1 ? same[0] : nil
    }
}
