import Datasets
import Explain
import Foundation
import MultiBox

/// The figures of a data set, as text and for JSON.
struct StatisticsReport {
  let name: String
  let dataset: DetectionDataset
  let statistics: DatasetStatistics
  let configuration: SSDConfiguration
  let coverage: PriorCoverage
  let suggestion: PriorSuggestion?

  /// What a person wants to know.
  var text: String {
    var lines: [String] = []
    let perImage = statistics.objectsPerImage
    lines.append(
      """
      \(name): \(statistics.imageCount) images, \(statistics.objectCount) objects, \
      \(statistics.classes.count) classes
        objects in an image: \(perImage.min() ?? 0) to \(perImage.max() ?? 0), \
      \(number(Double(statistics.objectCount) / Double(max(statistics.imageCount, 1)))) on average; \
      \(statistics.emptyImageCount) images without any
        images: \(sizes)
        objects by area: \(area(statistics.areas.small, "small (below 32 x 32 pixels)")), \
      \(area(statistics.areas.medium, "medium")), \(area(statistics.areas.large, "large (from 96 x 96 on)"))
      """)
    lines.append("")
    lines += classLines
    lines.append("")
    lines += Self.histogramLines(
      "size (root of the area, share of the image)",
      Histogram(statistics.scales, bounds: StatisticsExplanation.scaleBounds)
    ) { "\(Self.number($0)) - \(Self.number($1))" }
    lines.append("")
    lines += Self.histogramLines(
      "aspect ratio (width over height, on the square input)",
      Histogram(statistics.aspectRatios, bounds: StatisticsExplanation.ratioBounds)
    ) { "\(Self.number($0)) - \(Self.number($1))" }
    lines.append("")
    lines += coverageLines
    lines += suggestionLines
    return lines.joined(separator: "\n")
  }

  private var sizes: String {
    func range(_ values: [Int]) -> String {
      let sorted = values.sorted()
      guard let first = sorted.first, let last = sorted.last else { return "none" }
      return first == last ? "\(first)" : "\(first) to \(last)"
    }
    return "\(range(statistics.imageSizes.map(\.width))) pixels wide, "
      + "\(range(statistics.imageSizes.map(\.height))) high"
  }

  private func area(_ count: Int, _ name: String) -> String {
    "\(count) \(name), \(percent(Double(count) / Double(max(statistics.objectCount, 1))))"
  }

  private var classLines: [String] {
    let width = max(5, statistics.classes.map(\.label.count).max() ?? 0)
    func padded(_ text: String) -> String {
      text.padding(toLength: width, withPad: " ", startingAt: 0)
    }
    func row(_ label: String, _ columns: [String]) -> String {
      padded(label)
        + columns.map { String(repeating: " ", count: max(1, 11 - $0.count)) + $0 }.joined()
    }
    let header = row("class", ["objects", "images", "difficult", "matched", "forced", "never"])
    let rows = statistics.classes.enumerated().map { index, entry in
      row(
        entry.label,
        ["\(entry.objects)", "\(entry.images)", "\(entry.difficult)"]
          + PriorCoverage.Reach.allCases.map { reach in
            entry.objects == 0 ? "-" : percent(coverage.share(reach, classIndex: index + 1))
          })
    }
    return [header] + rows
  }

  private static func histogramLines(
    _ title: String, _ histogram: Histogram, name: (Float, Float) -> String
  ) -> [String] {
    let highest = max(histogram.counts.max() ?? 0, 1)
    let total = max(histogram.counts.reduce(0, +), 1)
    return [title]
      + histogram.counts.enumerated().map { index, count in
        let bar = String(
          repeating: "█", count: (count * 40 + highest - 1) / highest)
        let label = name(histogram.bounds[index], histogram.bounds[index + 1])
        let padded = label.padding(toLength: 13, withPad: " ", startingAt: 0)
        return "  \(padded) \(bar) \(count) (\(percent(Double(count) / Double(total))))"
      }
  }

  private var coverageLines: [String] {
    let threshold = number(Double(coverage.threshold))
    var lines = [
      "\(configuration.name)'s \(PriorBoxes(configuration).count) priors:",
      "  matched: \(percent(coverage.share(.matched))) of the objects own a prior that overlaps them by \(threshold) or more",
      "  forced:  \(percent(coverage.share(.forced))) own only the one that is forced to them, but elsewhere would have more",
      "  never:   \(percent(coverage.share(.never))) have a shape or size that no prior overlaps by \(threshold), wherever they stand",
    ]
    for (label, objects) in examples {
      lines.append("    \(label), for example \(objects.joined(separator: "; "))")
    }
    return lines
  }

  /// Of every class, a few of the objects that no prior fits, the worst first.
  private var examples: [(label: String, objects: [String])] {
    dataset.classes.labels.enumerated().compactMap { index, label in
      let lost = coverage.objects
        .filter { $0.reach == .never && $0.classIndex == index + 1 }
        .sorted { $0.bestShapeOverlap < $1.bestShapeOverlap }
      guard !lost.isEmpty else { return nil }
      return (
        label,
        lost.prefix(3).map { object in
          let image = dataset[object.image]
          let box = object.box.pixels(width: image.width, height: image.height)
          return "\(image.id) (\(Int(box.width.rounded())) x \(Int(box.height.rounded())) pixels, "
            + "best \(number(Double(object.bestShapeOverlap))))"
        }
      )
    }
  }

  private var suggestionLines: [String] {
    guard let suggestion else { return [] }
    guard suggestion.shareAfter > suggestion.shareBefore + 0.002 else {
      return ["", "no scales or ratios were found that fit more objects: keep these priors"]
    }
    return [
      "",
      """
      better: these priors overlap \(percent(suggestion.shareAfter)) of the objects by \
      \(number(Double(coverage.threshold))) or more, instead of \(percent(suggestion.shareBefore)) \
      (before two objects compete for one prior)
      """,
    ]
      + suggestion.configuration.featureMaps.map { map in
        let ratios = map.aspectRatios.map { number($0) }.joined(separator: ", ")
        let name = map.name.padding(toLength: 9, withPad: " ", startingAt: 0)
        return "  \(name) scale \(String(format: "%.3f", map.scale)), ratios \(ratios)"
      }
  }

  private static func number(_ value: Float) -> String { String(format: "%.2f", value) }
  private func number(_ value: Double) -> String { String(format: "%.2f", value) }
  private static func percent(_ share: Double) -> String {
    String(format: "%.1f %%", 100 * share)
  }
  private func percent(_ share: Double) -> String { Self.percent(share) }

  /// The same for programs.
  var figures: Figures {
    Figures(
      data: name, statistics: statistics,
      priors: Priors(
        network: configuration.name, count: PriorBoxes(configuration).count,
        threshold: coverage.threshold, all: Shares(coverage, nil),
        classes: Dictionary(
          uniqueKeysWithValues: dataset.classes.labels.enumerated().map {
            ($0.element, Shares(coverage, $0.offset + 1))
          }),
        never: coverage.objects.filter { $0.reach == .never }.map { object in
          LostObject(
            image: dataset[object.image].id, label: dataset.classes.label(at: object.classIndex),
            box: object.box, bestShapeOverlap: object.bestShapeOverlap)
        }),
      suggestion: suggestion.map {
        Suggestion(
          shareBefore: $0.shareBefore, shareAfter: $0.shareAfter,
          featureMaps: $0.configuration.featureMaps)
      })
  }

  struct Figures: Encodable {
    let data: String
    let statistics: DatasetStatistics
    let priors: Priors
    let suggestion: Suggestion?
  }

  struct Priors: Encodable {
    let network: String
    let count: Int
    let threshold: Float
    let all: Shares
    let classes: [String: Shares]
    let never: [LostObject]
  }

  /// Of all objects, or those of a class.
  struct Shares: Encodable {
    let matched: Double
    let forced: Double
    let never: Double

    init(_ coverage: PriorCoverage, _ classIndex: Int?) {
      matched = coverage.share(.matched, classIndex: classIndex)
      forced = coverage.share(.forced, classIndex: classIndex)
      never = coverage.share(.never, classIndex: classIndex)
    }
  }

  struct LostObject: Encodable {
    let image: String
    let label: String
    let box: BoundingBox
    let bestShapeOverlap: Float
  }

  struct Suggestion: Encodable {
    let shareBefore: Double
    let shareAfter: Double
    let featureMaps: [FeatureMap]
  }
}
