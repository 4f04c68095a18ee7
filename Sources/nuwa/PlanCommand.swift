import ArgumentParser
import Commissions
import Console
import Diffusion
import Foundation
import Models
import Pictures
import Plans
import Terminal

/// `nuwa plan`: what there is to do for a film, and how long it takes on how many workers.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show the tree of segments that a script becomes, and how long it takes on a number of workers.",
        discussion: """
            Measures a few steps of the model on this machine, one worker to a processor, and plays the plan through with as many workers as \
            were asked for. Workers are taken to be as fast as those of this machine; what a cluster needs to start them comes on top.
            """)

    @OptionGroup var source: ScriptOptions

    @Option(
        help: ArgumentHelp(
            "How many workers, several numbers with commas between them.", valueName: "numbers"))
    var workers = "1,2,4,8,16,64,256,1024"

    @Option(
        help: ArgumentHelp("What one evaluation of the denoiser takes, instead of measuring it.", valueName: "seconds"))
    var evaluation: Double?

    @Option(help: ArgumentHelp("What the pixels of a segment take, instead of measuring it.", valueName: "seconds"))
    var decode: Double?

    @Option(help: ArgumentHelp("Also draw it, as PNG.", valueName: "file"), completion: .file())
    var plot: String?

    func validate() throws {
        _ = try numbers()
        guard (evaluation == nil) == (decode == nil) else {
            throw ValidationError("--evaluation and --decode belong together")
        }
    }

    private func numbers() throws -> [Int] {
        try workers.split(separator: ",").map {
            guard let number = Int($0), (1...1_000_000).contains(number) else {
                throw ValidationError("--workers \(workers): \($0) is no number of workers")
            }
            return number
        }
    }

    func run() throws {
        try complaining {
            let (commission, model) = try source.commission()
            let plan = commission.plan
            let times: (evaluation: Double, decode: Double) =
                if let evaluation, let decode { (evaluation, decode) } else {
                    try SpeedTest(model: model, workers: 1).run()
                }
            let evaluations = model.configuration.evaluations(strides: plan.strides)
            let seconds = evaluations.enumerated().map { depth, evaluations in
                Double(evaluations) * times.evaluation + (depth == plan.finestDepth ? times.decode : 0)
            }
            let forecast = Forecast(plan: plan, seconds: seconds)

            Output.say(
                "\(commission.name): \(counted(plan.frames, "frame")), \(counted(plan.segmentCount, "segment")) of \(plan.segmentFrames)"
            )
            for depth in 0..<plan.depths {
                let count = plan.segmentCount(atDepth: depth)
                Output.say(
                    "depth \(depth)  stride \("\(plan.strides[depth])".leftPadded(to: 5))  segments \("\(count)".leftPadded(to: 5))"
                        + "  evaluations \("\(evaluations[depth])".leftPadded(to: 4))  \(durationText(seconds[depth])) each"
                )
            }
            Output.say("")
            let durations = try numbers().map { (workers: $0, duration: forecast.duration(workers: $0)) }
            if let plot { try draw(durations, forecast, commission.name, to: URL(filePath: plot)) }
            for (workers, duration) in durations {
                let speedup = (forecast.work / duration * 10).rounded() / 10
                Output.say(
                    "\("\(workers)".leftPadded(to: 7)) workers  \(durationText(duration))  (\(speedup) times one)")
            }
            Output.say(
                "never less than \(durationText(forecast.criticalPath)): a segment of each depth, one after the other"
                    + (model.configuration.judge.map {
                        "; with all of \($0.draws) draws of the keyframes, of which fewer may do"
                    } ?? ""))
        }
    }

    private func draw(
        _ durations: [(workers: Int, duration: Double)], _ forecast: Forecast, _ name: String, to file: URL
    ) throws {
        func curve(_ seconds: (Int, Double) -> Double) -> [(x: Double, y: Double)] {
            durations.map { (x: Double($0.workers), y: seconds($0.workers, $0.duration)) }
        }
        try LinePlot(
            title: "\(name): \(counted(forecast.plan.frames, "frame"))", x: .init("workers", .logarithmic),
            y: .init("time", .logarithmic, number: durationText),
            curves: [
                .init("this plan", curve { $1 }),
                .init(
                    "shared evenly",
                    curve { workers, _ in forecast.work / Double(workers) }.filter { $0.y > forecast.criticalPath / 2 },
                    isDashed: true),
                .init("critical path", curve { _, _ in forecast.criticalPath }, isDashed: true),
            ]
        ).image().writePNG(to: file)
    }
}
