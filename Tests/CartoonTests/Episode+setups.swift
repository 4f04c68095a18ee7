@testable import Cartoon

extension Episode {
    func frames(ofSetup index: Int) -> Range<Int> {
        setups[index].start..<setups[index].start + setups[index].frames
    }
}
