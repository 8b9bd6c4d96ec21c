import Datasets
import Foundation
import MultiBox
import TestSupport
import Testing

@Suite("Statistics of a data set")
struct DatasetStatisticsTests {
  private func dataset(
    _ boxes: [[(label: String, box: BoundingBox)]], width: Int = 200, height: Int = 100
  ) throws -> DetectionDataset {
    let images = boxes.enumerated().map { index, objects in
      AnnotatedImage(
        id: "\(index)", file: URL(filePath: "/\(index).jpg"),
        annotationFile: URL(filePath: "/\(index).xml"), width: width, height: height,
        convention: .edges,
        objects: objects.map {
          AnnotatedObject(
            label: $0.label, box: $0.box.scaled(x: Float(width), y: Float(height)))
        })
    }
    return try DetectionDataset(images: images, classes: ClassList(["cat", "dog", "owl"]))
  }

  private func centered(_ width: Float, _ height: Float, x: Float = 0.5, y: Float = 0.5)
    -> BoundingBox
  {
    BoundingBox(CenterSizeBox(centerX: x, centerY: y, width: width, height: height))
  }

  @Test func `objects, images and areas are counted`() throws {
    let statistics = DatasetStatistics(
      try dataset([
        // 20 x 10, 100 x 50 and 200 x 100 pixels.
        [("cat", centered(0.1, 0.1)), ("cat", centered(0.5, 0.5)), ("dog", centered(1, 1))], [],
      ]))
    #expect(statistics.imageCount == 2 && statistics.emptyImageCount == 1)
    #expect(statistics.objectCount == 3)
    #expect(statistics.classes.map(\.objects) == [2, 1, 0])
    #expect(statistics.classes.map(\.images) == [1, 1, 0])
    #expect(
      statistics.areas.small == 1 && statistics.areas.medium == 1 && statistics.areas.large == 1)
    // Ratios are those of the square input: 20 x 10 pixels of 200 x 100 are square there.
    #expect(statistics.aspectRatios.allSatisfy { abs($0 - 1) < 1e-5 })
    #expect(zip(statistics.scales, [0.1, 0.5, 1]).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func `a bin holds its lower bound, and the outermost take what lies beyond`() {
    let histogram = Histogram([-1, 0, 0.5, 1, 1.5, 2, 9], bounds: [0, 1, 2])
    #expect(histogram.counts == [3, 4])
  }

  @Test func `a prior's own box is matched, a thin sliver never is`() throws {
    let configuration = SSDConfiguration.ssd300(classes: .voc)
    let prior = PriorBoxes(configuration).boundary[7000]
    let coverage = PriorCoverage(
      try dataset([[("cat", prior), ("dog", centered(0.9, 0.05))]]), configuration: configuration)
    #expect(coverage.objects.map(\.reach) == [.matched, .never])
    #expect(abs(coverage.objects[0].bestOverlap - 1) < 1e-4)
    // The widest priors are three times as wide as high: 0.346 x 0.115 has 0.0173 of 0.0675 in common.
    #expect(coverage.objects[1].bestShapeOverlap < 0.5)
    #expect(coverage.objects.allSatisfy { $0.positives >= 1 })
    #expect(coverage.share(.never) == 0.5)
    #expect(coverage.share(.never, classIndex: 1) == 0)
    #expect(coverage.share(.matched, classIndex: 3) == 0)
  }

  @Test func `an object between the positions is only forced, though its shape fits`() throws {
    // The first object lies in the middle between four priors of just its size.
    var configuration = SSDConfiguration.ssd300(classes: .voc)
    configuration.featureMaps = [
      FeatureMap(name: "map", size: 2, scale: 0.3, extraScale: nil, aspectRatios: [1])
    ]
    let coverage = PriorCoverage(
      try dataset([[("cat", centered(0.3, 0.3)), ("dog", centered(0.3, 0.3, x: 0.25, y: 0.25))]]),
      configuration: configuration)
    #expect(coverage.objects.map(\.reach) == [.forced, .matched])
  }

  @Test func `suggested priors reach objects that the network's own cannot`() throws {
    // Thirty tiny squares and thirty wide strips, for which SSD300 has no prior.
    var generator = SeededGenerator(seed: 4)
    let boxes = (0..<60).map { index -> BoundingBox in
      let (x, y) = (
        Float(generator.uniform(in: 0.3...0.7)), Float(generator.uniform(in: 0.3...0.7))
      )
      return index < 30
        ? centered(0.055, 0.055, x: x, y: y) : centered(0.6, 0.09, x: x, y: y)
    }
    let suggestion = PriorSuggestion(for: boxes, configuration: .ssd300(classes: .voc))
    #expect(suggestion.shareBefore < 0.1)
    #expect(suggestion.shareAfter > 0.7)
    #expect(suggestion.configuration.featureMaps.map(\.size) == [38, 19, 10, 5, 3, 1])
    let scales = suggestion.configuration.featureMaps.map(\.scale)
    #expect(scales == scales.sorted())
    #expect(suggestion.configuration.featureMaps.allSatisfy { $0.aspectRatios.contains(1) })
  }

  @Test func `a set that fits already is left alone`() {
    let configuration = SSDConfiguration.ssd300(classes: .voc)
    let priors = PriorBoxes(configuration).boundary
    let boxes = stride(from: 0, to: 8732, by: 97).map { priors[$0] }
    let suggestion = PriorSuggestion(for: boxes, configuration: configuration)
    #expect(suggestion.shareBefore == 1 && suggestion.shareAfter == 1)
  }
}
