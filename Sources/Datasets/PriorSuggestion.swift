import Foundation
import MultiBox

/// Scales and aspect ratios of priors that fit a data set better.
///
/// The maps and their sizes stay, since the network has them; what changes is data that a training run
/// takes from its configuration.
public struct PriorSuggestion: Sendable {
  /// The network with the suggested priors.
  public let configuration: SSDConfiguration
  /// The share of objects that some prior overlaps by the threshold: with the network's own priors.
  public let shareBefore: Double
  /// The same with the suggested ones.
  public let shareAfter: Double

  /// More objects than this are sampled: a few thousand say what all do.
  private static let sampleLimit = 2000

  /// Searches scales and ratios.
  ///
  /// It starts from clusters of the objects' sizes (k-means with one minus the overlap as the distance,
  /// as Redmon and Farhadi do in "YOLO9000", 2017), one for each map, and from the network's own
  /// scales; from each, it changes one map's scale at a time as long as more objects are reached.
  /// Ratios are the 1 that every map keeps, and quantiles of the objects'.
  ///
  /// - Parameter boxes: of the objects, in fractions of their pictures.
  public init(for boxes: [BoundingBox], configuration: SSDConfiguration) {
    let usable = boxes.filter { !$0.isDegenerate }
    let stride = max(1, usable.count / Self.sampleLimit)
    let sample = Swift.stride(from: 0, to: usable.count, by: stride).map { usable[$0] }
    let before = Fit(of: configuration, to: sample)
    shareBefore = Fit(of: configuration, to: usable).share
    guard !sample.isEmpty else {
      self.configuration = configuration
      shareAfter = shareBefore
      return
    }
    let clusters = SizeClusters(sample, count: configuration.featureMaps.count)
    let ratios = Self.ratios(of: sample)
    let own = configuration.featureMaps.map(\.scale)
    let starts = [
      configuration,
      configuration.withPriors(scales: own, ratios: ratios),
      configuration.withPriors(scales: clusters.scales(for: configuration), ratios: ratios),
      configuration.withPriors(scales: clusters.scales(for: configuration), ratios: nil),
    ]
    var best = (configuration: configuration, fit: before)
    for start in starts {
      let found = Self.climbed(from: start, on: sample)
      if found.fit > best.fit { best = found }
    }
    self.configuration = best.configuration
    shareAfter = Fit(of: best.configuration, to: usable).share
  }

  /// Changes one scale at a time while that reaches more objects.
  private static func climbed(
    from start: SSDConfiguration, on sample: [BoundingBox]
  ) -> (configuration: SSDConfiguration, fit: Fit) {
    var best = (configuration: start, fit: Fit(of: start, to: sample))
    for factors in [[0.75, 1.33], [0.87, 1.15], [0.94, 1.06]] {
      for map in start.featureMaps.indices {
        for factor in factors {
          var scales = best.configuration.featureMaps.map(\.scale)
          scales[map] = (min(scales[map] * factor, 0.95) * 1000).rounded() / 1000
          guard scales == scales.sorted() else { continue }
          let candidate = best.configuration.withPriors(scales: scales, ratios: nil)
          let fit = Fit(of: candidate, to: sample)
          if fit > best.fit { best = (candidate, fit) }
        }
      }
    }
    return best
  }

  /// Four ratios beside 1 at quantiles of the objects' own, in the order in which presets have them.
  private static func ratios(of boxes: [BoundingBox]) -> [Double] {
    let sorted = boxes.map { Double($0.width / $0.height) }.sorted()
    func quantile(_ share: Double) -> Double {
      let value = sorted[min(Int(share * Double(sorted.count)), sorted.count - 1)]
      return (min(max(value, 0.1), 10) * 100).rounded() / 100
    }
    return [quantile(0.75), quantile(0.25), quantile(0.95), quantile(0.05)]
  }
}

extension SSDConfiguration {
  /// The same network with priors of other scales and ratios.
  ///
  /// - Parameters:
  ///   - scales: one for each map. The extra priors lie between two neighbours.
  ///   - ratios: beside 1, the most important first; a map gets as many as it has now, without such
  ///     as hardly differ. nil leaves them as they are.
  func withPriors(scales: [Double], ratios: [Double]?) -> SSDConfiguration {
    var result = self
    for map in featureMaps.indices {
      result.featureMaps[map].scale = scales[map]
      if featureMaps[map].extraScale != nil {
        result.featureMaps[map].extraScale =
          map + 1 < scales.count ? (scales[map] * scales[map + 1]).squareRoot() : 1
      }
      guard let ratios else { continue }
      var chosen = [1.0]
      for ratio in ratios.prefix(featureMaps[map].aspectRatios.count - 1)
      where chosen.allSatisfy({ abs(log($0 / ratio)) > 0.1 }) {
        chosen.append(ratio)
      }
      result.featureMaps[map].aspectRatios = chosen
    }
    return result
  }
}

/// How well priors fit boxes.
private struct Fit: Comparable {
  /// Of the boxes that some prior overlaps by the threshold.
  var share: Double
  /// The mean of the boxes' greatest overlaps: decides between equal shares.
  var meanOverlap: Double

  init(of configuration: SSDConfiguration, to boxes: [BoundingBox]) {
    let matcher = PriorMatcher(priors: PriorBoxes(configuration))
    let threshold = configuration.loss.overlapThreshold
    let best = inParallel(boxes) { matcher.ious(with: $0).max() ?? 0 }
    let count = Double(max(boxes.count, 1))
    share = Double(best.count { $0 >= threshold }) / count
    meanOverlap = best.reduce(0) { $0 + Double($1) } / count
  }

  static func < (a: Fit, b: Fit) -> Bool {
    (a.share, a.meanOverlap) < (b.share, b.meanOverlap)
  }
}

/// Groups of similar sizes.
struct SizeClusters {
  /// The groups' mean sizes, by rising area.
  let centers: [(width: Float, height: Float)]

  /// - Parameter count: of groups; fewer where there are fewer boxes.
  init(_ boxes: [BoundingBox], count: Int) {
    let sizes = boxes.map { (width: $0.width, height: $0.height) }
    let sorted = sizes.sorted { $0.width * $0.height < $1.width * $1.height }
    let count = min(count, sizes.count)
    // Starting from quantiles of the area makes the result the same every time.
    var centers = (0..<count).map { sorted[(2 * $0 + 1) * sorted.count / (2 * count)] }
    var members = [Int](repeating: -1, count: sizes.count)
    for _ in 0..<100 {
      let nearest = sizes.map { size in
        centers.indices.max { Self.iou(centers[$0], size) < Self.iou(centers[$1], size) }
          ?? 0
      }
      guard nearest != members else { break }
      members = nearest
      for group in centers.indices {
        let own = sizes.indices.filter { members[$0] == group }.map { sizes[$0] }
        guard !own.isEmpty else { continue }
        centers[group] = (
          own.reduce(0) { $0 + $1.width } / Float(own.count),
          own.reduce(0) { $0 + $1.height } / Float(own.count)
        )
      }
    }
    self.centers = centers.sorted { $0.width * $0.height < $1.width * $1.height }
  }

  private static func iou(
    _ a: (width: Float, height: Float), _ b: (width: Float, height: Float)
  ) -> Float {
    let shared = min(a.width, b.width) * min(a.height, b.height)
    return shared / (a.width * a.height + b.width * b.height - shared)
  }

  /// A scale for each map: the groups' in order, but not so small that boxes would fall between the
  /// map's positions, which takes twice their distance.
  func scales(for configuration: SSDConfiguration) -> [Double] {
    var last = 0.0
    return configuration.featureMaps.enumerated().map { index, map in
      let center = centers[min(index, centers.count - 1)]
      let scale = Double((center.width * center.height).squareRoot())
      last = max(last, min(max(scale, 2 / Double(map.size)), 0.9))
      return (last * 1000).rounded() / 1000
    }
  }
}
