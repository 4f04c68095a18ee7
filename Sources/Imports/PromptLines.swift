import Scripts

/// A plain text: a prompt a line, all of them equally long. Settings may stand in lines of their own, as in a script, and comments.
extension Reading {
    mutating func readLines() {
        var prompts: [(text: TracedText, line: Int)] = []
        for line in source.lines.indices {
            let characters = source.characters[line]
            let words = characters.wordRanges
            guard let first = words.first, characters[first.lowerBound] != "#" else { continue }
            // "length of rope" is a prompt, "length 30s" a setting.
            if words.count <= 2, let setting = SettingName(rawValue: String(characters[first])),
                setting.isFlag == (words.count == 1)
            {
                set(setting, words.count == 2 ? words[1] : first.upperBound..<first.upperBound, line)
            } else {
                let text = TracedText(first.lowerBound..<words[words.count - 1].upperBound, ofLine: line, in: source)
                prompts.append((text.tidied, line))
            }
        }
        for (index, prompt) in prompts.enumerated() where !prompt.text.isEmpty {
            // Rounded, so that the script that `import` prints has the same: more decimals are more than a frame needs.
            let percent = (Double(index) / Double(prompts.count) * 1_000_000).rounded() / 10_000
            add(Entry(key: .percent(percent), prompt: prompt.text, keyPlace: source.place(ofLine: prompt.line)))
        }
    }

    private mutating func set(_ setting: SettingName, _ value: Range<Int>, _ line: Int) {
        let place = source.place(line, value)
        do {
            try draft.settings.set(setting, to: String(source.characters[line][value]))
            if setting == .length || setting == .frames { draft.lengthPlace = place }
            if setting == .model { draft.modelPlace = place }
        } catch {
            draft.error(at: place, error)
        }
    }
}
