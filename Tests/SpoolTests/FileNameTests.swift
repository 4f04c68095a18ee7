import Testing

@testable import Spool

@Suite struct FileNameTests {
    @Test(
        "A name and the numbered names made of it are one family",
        arguments: ["picnic.nuwa", "picnic", ".hidden", "picnic-7.nuwa", String(repeating: "p", count: 250) + ".nuwa"])
    func family(name: String) {
        let name = FileName(name)
        for number in [1, 2, 10, 12345] {
            for reserve in [0, ".error.txt".utf8.count] {
                #expect(name.numbered(number, reserve: reserve).family == name.family)
            }
        }
    }

    @Test("Names of which none can have come from the other are two families")
    func strangers() {
        #expect(FileName("picnic.nuwa").family != FileName("picnics.nuwa").family)
        #expect(FileName("picnic.nuwa").family != FileName("picnic.srt").family)
        #expect(FileName("take-2b.nuwa").family != FileName("take.nuwa").family)
    }
}
