import Diffusion
import Evaluation
import Models
import Pictures
import Testing

@Suite struct SampleSheetTests {
    @Test("A sheet of samples shows as many keyframes as a segment has, always the same ones")
    func sheet() throws {
        let model = try Model.load(directory: RecogniserTests.tiny, precision: .f32)
        let sheet = try SampleSheet.image(of: model)
        let video = model.configuration.video
        #expect(sheet.width == 4 * (video.width + 8) + 8 && sheet.height > video.height)
        #expect(try SampleSheet.image(of: model) == sheet)
    }
}
