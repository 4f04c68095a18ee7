/// What cannot be helped at present, told once for as long as it stays the same.
struct Trouble {
    private var told: Set<String> = []

    mutating func tell(_ text: String, _ say: (String) -> Void) {
        if told.insert(text).inserted { say(text) }
    }

    mutating func forget() { told = [] }
}
