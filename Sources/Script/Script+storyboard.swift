extension Script {
    /// One prompt per frame. The first prompt holds from frame 0 on, wherever its key is.
    ///
    /// Never throws for a script that `parse` returned. For one made otherwise: `ScriptErrors` where cues are out of
    /// order or beyond the end, `StoryboardError` where there are none or the length is out of range.
    package func storyboard() throws -> Storyboard {
        let frames = length.frames(fps: fps)
        let resolver = CueResolver(name: name, cues: cues, frames: frames, fps: fps, lengthIsGood: true)
        let (shots, findings) = resolver.resolve()
        guard !findings.contains(where: { $0.severity == .error }) else { throw ScriptErrors(findings) }
        return try Storyboard(frames: frames, fps: fps, shots: shots)
    }
}
