import Cartoon
import Tensors

/// The loss of what heads tell of who is where: of heat, facing and action as the recogniser's, but that a figure's facing and action are
/// read from all its cells together.
struct WhereaboutsLoss {
    /// By frame, the truth.
    let figures: [[Truth.Figure]]
    /// What one frame counts.
    let share: Float

    /// The loss of one head's maps, and its gradient by them.
    func error(_ maps: Tensor) -> (loss: Double, slope: Tensor) {
        let grid = MapLoss.Grid(rows: maps.shape[1], columns: maps.shape[2], channels: Whereabouts.Channel.count)
        func point(_ figure: Truth.Figure) -> MapLoss.Grid.Point { grid.point(x: figure.x, y: figure.y) }
        var sum = MapLoss(maps.values(), on: grid, share: share)
        for (frame, figures) in figures.enumerated() {
            sum.picture = frame
            let weight = 1 / Float(max(1, figures.count))
            for (character, name) in CartoonCharacter.allCases.enumerated() {
                let own = figures.filter { $0.name == name }
                sum.heat(Whereabouts.Channel.heat(character), seen: own.map(point), weight: weight)
                for figure in own {
                    sum.attributes(
                        looksRight: figure.facing == .right, Whereabouts.Channel.facing(character),
                        action: Action.allCases.firstIndex(of: figure.action)!,
                        among: Whereabouts.Channel.actions(character), at: grid.parts(near: point(figure)),
                        weight: weight)
                }
            }
        }
        return (sum.loss, Tensor(sum.slope, shape: maps.shape))
    }
}
