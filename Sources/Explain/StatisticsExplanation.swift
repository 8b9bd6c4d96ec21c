import Datasets
import Foundation
import Images
import MultiBox

/// What a data set holds, and how the priors fit it, as a picture.
public struct StatisticsExplanation: Explanation {
  /// Where the bars of object sizes begin and end: the root of the area, a share of the picture.
  public static let scaleBounds: [Float] = [
    0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1,
  ]
  /// Where the bars of aspect ratios begin and end.
  public static let ratioBounds: [Float] = [
    0, 0.2, 0.33, 0.45, 0.6, 0.8, 1.25, 1.67, 2.2, 3, 5, 50,
  ]

  private let statistics: DatasetStatistics
  private let coverage: PriorCoverage
  private let configuration: SSDConfiguration
  private let classes: ClassList
  private let name: String

  /// More classes than this are summed up.
  private static let classLimit = 20
  /// More dots than this would only be slow to draw.
  private static let dotLimit = 4000

  /// - Parameter name: of the data.
  public init(
    _ statistics: DatasetStatistics, coverage: PriorCoverage, configuration: SSDConfiguration,
    classes: ClassList, name: String
  ) {
    self.statistics = statistics
    self.coverage = coverage
    self.configuration = configuration
    self.classes = classes
    self.name = name
  }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let order = classes.labels.indices.sorted {
      statistics.classes[$0].objects > statistics.classes[$1].objects
    }
    let shown = Array(order.prefix(Self.classLimit))
    let barsHeight = max(19 * Double(shown.count) + (order.count > shown.count ? 19 : 0), 250)
    let figure = try Figure(
      name,
      """
      \(grouped(statistics.imageCount)) images with \(grouped(statistics.objectCount)) objects of \
      \(classes.count) \(classes.count == 1 ? "class" : "classes"). Of \(configuration.name)'s priors \
      \(percent(coverage.share(.matched))) of the objects own one that overlaps them by \
      \(trimmed(coverage.threshold)) or more, \(percent(coverage.share(.forced))) only the one forced \
      to them; \(percent(coverage.share(.never))) have a shape or size that none fits.
      """,
      contentHeight: 24 + barsHeight + 14 + Legend.rowHeight + 22 + 172,
      pixelWidth: pixelWidth)
    let (x, y) = (figure.content.x, figure.content.y)
    figure.write("Objects of each class", at: (x, y), .heading)
    drawClasses(shown, of: order.count, on: figure, y: y + 26)
    let plotX = x + 362
    figure.write("Width and height of the objects", at: (plotX, y), .heading)
    drawSizes(
      on: figure, in: Rectangle(x: plotX + 26, y: y + 26, width: 262, height: 226))
    let legend = y + 24 + barsHeight + 12
    Legend([
      (.area(Palette.prediction), "matched"), (.area(Palette.truth), "only the forced prior"),
      (.area(Palette.negative), "never"), (.dot(Palette.ink), "shape of a prior"),
    ]).draw(on: figure, at: (x, legend))
    let below = legend + Legend.rowHeight + 22
    drawHistogram(
      "Size: root of the area, share of the picture",
      Histogram(statistics.scales, bounds: Self.scaleBounds), bounds: Self.scaleBounds, on: figure,
      in: Rectangle(x: x, y: below, width: 316, height: 190))
    drawHistogram(
      "Aspect ratio: width over height, on a square",
      Histogram(statistics.aspectRatios, bounds: Self.ratioBounds), bounds: Self.ratioBounds,
      on: figure, in: Rectangle(x: x + 344, y: below, width: 316, height: 190))
    return figure
  }

  private func color(_ reach: PriorCoverage.Reach) -> Color {
    switch reach {
    case .matched: Palette.prediction
    case .forced: Palette.truth
    case .never: Palette.negative
    }
  }

  private func drawClasses(_ shown: [Int], of count: Int, on figure: Figure, y: Double) {
    let labelWidth = min(
      110, (shown.map { figure.width(of: classes.labels[$0], .small) }.max() ?? 0) + 8)
    let x = figure.content.x
    let width = 340 - labelWidth - 44
    let highest = Double(max(shown.map { statistics.classes[$0].objects }.max() ?? 1, 1))
    for (row, index) in shown.enumerated() {
      let entry = statistics.classes[index]
      let middle = y + 19 * Double(row) + 9
      figure.write(
        entry.label, at: (x + labelWidth - 6, middle), .small, anchor: .right,
        maximumWidth: labelWidth - 6)
      var left = x + labelWidth
      for reach in PriorCoverage.Reach.allCases {
        let share = coverage.share(reach, classIndex: index + 1)
        let length = width * Double(entry.objects) / highest * share
        figure.canvas.fill(
          Rectangle(x: left, y: middle - 6.5, width: length, height: 13), color: color(reach))
        left += length
      }
      figure.write(
        grouped(entry.objects), at: (left + 5, middle), .small, color: Palette.muted, anchor: .left)
    }
    if count > shown.count {
      figure.write(
        "and \(count - shown.count) more classes",
        at: (x + labelWidth, y + 19 * Double(shown.count) + 9), .small, color: Palette.muted,
        anchor: .left)
    }
  }

  private func drawSizes(on figure: Figure, in plot: Rectangle) {
    figure.canvas.fill(plot, color: Palette.panel, cornerRadius: 3)
    for tick in [0, 0.25, 0.5, 0.75, 1.0] {
      let (x, y) = (plot.x + tick * plot.width, plot.bottom - tick * plot.height)
      figure.rule(x: plot.x, y: y, width: plot.width)
      figure.canvas.fill(
        Rectangle(x: x - 0.35, y: plot.y, width: 0.7, height: plot.height), color: Palette.rule)
      figure.write(
        trimmed(tick), at: (x, plot.bottom + 4), .tiny, color: Palette.muted, anchor: .top)
      figure.write(trimmed(tick), at: (plot.x - 5, y), .tiny, color: Palette.muted, anchor: .right)
    }
    figure.canvas.clipped(to: plot) {
      let dots = coverage.objects.spread(to: Self.dotLimit)
      let opacity = dots.count > 1000 ? 0.3 : 0.6
      for object in dots {
        figure.canvas.fillCircle(
          center: (
            plot.x + Double(object.box.width) * plot.width,
            plot.bottom - Double(object.box.height) * plot.height
          ), radius: dots.count > 1000 ? 1.6 : 2.2, color: color(object.reach).opacity(opacity))
      }
      for shape in configuration.featureMaps.flatMap(\.priorShapes) {
        figure.dot(
          at: (
            plot.x + min(shape.width, 1) * plot.width,
            plot.bottom - min(shape.height, 1) * plot.height
          ), color: Palette.ink, radius: 1.8)
      }
    }
  }

  private func drawHistogram(
    _ title: String, _ histogram: Histogram, bounds: [Float], on figure: Figure, in area: Rectangle
  ) {
    figure.write(title, at: (area.x, area.y), .heading)
    let plot = Rectangle(x: area.x, y: area.y + 34, width: area.width, height: 124)
    let highest = Double(max(histogram.counts.max() ?? 1, 1))
    let total = Double(max(histogram.counts.reduce(0, +), 1))
    let pitch = plot.width / Double(histogram.counts.count)
    for (index, count) in histogram.counts.enumerated() {
      let height = Double(count) / highest * plot.height
      let x = plot.x + Double(index) * pitch
      figure.canvas.fill(
        Rectangle(x: x + 1, y: plot.bottom - height, width: pitch - 2, height: max(height, 0.6)),
        color: Palette.prior, cornerRadius: 2)
      if count > 0 {
        figure.write(
          percent(Double(count) / total, 0).replacingOccurrences(of: " %", with: ""),
          at: (x + pitch / 2, plot.bottom - height - 2), .tiny, color: Palette.muted,
          anchor: .bottom)
      }
    }
    figure.rule(x: plot.x, y: plot.bottom, width: plot.width, color: Palette.muted)
    for (index, bound) in bounds.enumerated() {
      figure.write(
        index + 1 == bounds.count && bound > 10 ? "" : trimmed(bound, 2),
        at: (plot.x + Double(index) * pitch, plot.bottom + 4), .tiny, color: Palette.muted,
        anchor: .top)
    }
    figure.write(
      "percent of the objects", at: (area.right, area.y + 18), .tiny, color: Palette.muted,
      anchor: TextAnchor(x: 1, y: 0))
  }
}
