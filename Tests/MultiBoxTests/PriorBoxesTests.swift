import MultiBox
import Testing

@Suite("Priors")
struct PriorBoxesTests {
  @Test("SSD300's 8732 priors equal the reference's")
  func golden() throws {
    let golden = try GoldenArrays("geometry")
    var configuration = SSDConfiguration.ssd300(classes: .voc)
    let clipped = PriorBoxes(configuration)
    configuration.clipsPriors = false
    let unclipped = PriorBoxes(configuration)
    #expect(clipped.count == 8732)
    let centerSize = try golden.centerSizeBoxes("priors_center_size")
    #expect(greatestDifference(unclipped.centerSize, centerSize) < 1e-6)
    let boundary = try golden.boundaryBoxes("priors_boundary_clipped")
    #expect(greatestDifference(clipped.boundary, boundary) < 1e-6)
  }

  @Test("SSD512 has 24,564 priors")
  func ssd512() {
    #expect(PriorBoxes(.ssd512(classes: .voc)).count == 24_564)
  }

  @Test("each map has the paper's number of priors")
  func countsOfMaps() {
    #expect(
      SSDConfiguration.ssd300(classes: .voc).featureMaps.map(\.priorCount)
        == [5776, 2166, 600, 150, 36, 4])
    #expect(
      SSDConfiguration.ssd512(classes: .voc).featureMaps.map(\.priorCount)
        == [16_384, 6144, 1536, 384, 96, 16, 4])
  }

  @Test("both forms describe the same priors", arguments: SSDConfiguration.presetNames)
  func forms(preset: String) throws {
    let configuration = try #require(SSDConfiguration.preset(named: preset, classes: .voc))
    let priors = PriorBoxes(configuration)
    #expect(
      greatestDifference(priors.centerSize.map(BoundingBox.init), priors.boundary) < 1e-6)
    #expect(priors.count == configuration.featureMaps.reduce(0) { $0 + $1.priorCount })
    #expect(priors.boundary.allSatisfy { !$0.isDegenerate })
  }

  @Test("clipped priors lie inside the image, unclipped ones do not all")
  func clipping() {
    var configuration = SSDConfiguration.ssd300(classes: .voc)
    #expect(PriorBoxes(configuration).boundary.allSatisfy { $0.clipped == $0 })
    configuration.clipsPriors = false
    #expect(PriorBoxes(configuration).boundary.contains { $0.clipped != $0 })
  }

  @Test("priors larger than the image are a setting")
  func sizeLimit() {
    var configuration = SSDConfiguration.ssd300(classes: .voc)
    configuration.clipsPriors = false
    #expect(PriorBoxes(configuration).centerSize.map(\.width).max() == 1)
    configuration.limitsPriorSizes = false
    let widest = PriorBoxes(configuration).centerSize.map(\.width).max() ?? 0
    #expect(abs(widest - Float(0.9 * 2.0.squareRoot())) < 1e-6)
  }

  @Test("priors go map by map, row by row, position by position, square first")
  func order() {
    var configuration = SSDConfiguration.ssd300(classes: .voc)
    configuration.clipsPriors = false
    let priors = PriorBoxes(configuration).centerSize
    let step: Float = 1.0 / 38
    // The four priors of a position share its centre; the next position is to the right.
    #expect(Set(priors[0..<4].map(\.centerX)) == [priors[0].centerX])
    #expect(abs(priors[4].centerX - priors[0].centerX - step) < 1e-6)
    #expect(priors[4].centerY == priors[0].centerY)
    #expect(abs(priors[4 * 38].centerY - priors[0].centerY - step) < 1e-6)
    #expect(priors[0].width == priors[0].height)
    #expect(priors[1].width == priors[1].height)
    #expect(priors[1].width > priors[0].width)
    #expect(priors[2].width > priors[2].height)
    #expect(priors[3].width < priors[3].height)
  }

  @Test("a step in pixels moves the centres")
  func step() {
    var configuration = SSDConfiguration.ssd300(classes: .voc)
    configuration.featureMaps[0].step = 8
    let priors = PriorBoxes(configuration).centerSize
    #expect(abs(priors[4 * 5].centerX - 5.5 * 8 / 300) < 1e-6)
  }

  @Test("a map without an extra scale has a prior for each ratio")
  func noExtraPrior() {
    let map = FeatureMap(
      name: "conv4_3", size: 2, scale: 0.2, extraScale: nil, aspectRatios: [1, 4])
    #expect(map.priorsPerPosition == 2)
    #expect(map.priorCount == 8)
    #expect(map.priorShapes.map(\.width) == [0.2, 0.4])
    #expect(map.priorShapes.map(\.height) == [0.2, 0.1])
  }
}
