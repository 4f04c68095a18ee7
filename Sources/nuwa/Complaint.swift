import ArgumentParser
import Console
import Files
import Foundation
import Scripts
import Terminal

/// What is wrong with the command's arguments, found when they are used.
struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension ParsableCommand {
    /// Runs the command's work. What is wrong is told on stderr, and the process ends with status 1.
    func complaining(_ work: () throws -> Void) throws {
        do {
            try work()
        } catch let exit as ExitCode {
            throw exit
        } catch let errors as ScriptErrors {
            Output.complain(errors.description.trimmingCharacters(in: .newlines))
            throw ExitCode.failure
        } catch {
            // What Foundation throws says little by itself.
            let cause: any Error = SystemError(behind: error) ?? error
            Output.complain("nuwa: \(cause)")
            throw ExitCode.failure
        }
    }
}
