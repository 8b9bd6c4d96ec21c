import Images

/// Why a fully connected layer is a convolution: the same products, added up in the same sum.
public struct FullyConnectedExplanation: Explanation {
  /// A picture of 2 x 2 positions and 3 channels: (channel, row, column).
  private let input: [[[Double]]]
  /// Two neurons, or two kernels: (output, channel, row, column).
  private let weights: [[[[Double]]]]

  /// A small example with whole numbers.
  public init() {
    input = [[[1, 2], [0, 3]], [[2, 0], [1, 1]], [[0, 1], [2, 0]]]
    weights = [
      [[[1, 0], [2, 1]], [[0, 1], [1, 0]], [[2, 1], [0, 1]]],
      [[[0, 1], [1, 0]], [[1, 2], [0, 1]], [[1, 0], [1, 2]]],
    ]
  }

  /// The outputs of the layer over the flattened picture.
  public var flattened: [Double] {
    let values = input.flatMap { $0.flatMap { $0 } }
    return weights.map { kernel in
      zip(kernel.flatMap { $0.flatMap { $0 } }, values).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  /// The outputs of the convolution, at its only position.
  public var convolved: [Double] {
    weights.map { kernel in
      var sum = 0.0
      for channel in input.indices {
        for row in 0..<2 {
          for column in 0..<2 { sum += kernel[channel][row][column] * input[channel][row][column] }
        }
      }
      return sum
    }
  }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let figure = try Figure(
      "A fully connected layer is a convolution",
      """
      Its neurons multiply every number of the picture with a weight of their own and add up. A \
      convolution whose kernel is as large as the picture does just that; only the weights lie in \
      another shape. So VGG-16's fc6 and fc7 can become convolutions by reshaping their weights.
      """,
      contentHeight: 190 + 28 + 176, pixelWidth: pixelWidth)
    let (x, y) = (figure.content.x, figure.content.y)
    drawFlattened(on: figure, x: x, y: y)
    figure.rule(x: x, y: y + 190 + 10, width: figure.content.width)
    drawConvolved(on: figure, x: x, y: y + 190 + 28)
    return figure
  }

  private func color(_ channel: Int) -> Color {
    [Palette.negative, Palette.series[2], Palette.prior][channel]
  }

  private func cell(
    _ value: Double, at point: (x: Double, y: Double), side: Double, fill: Color, on figure: Figure
  ) {
    figure.canvas.fill(
      Rectangle(x: point.x + 0.7, y: point.y + 0.7, width: side - 1.4, height: side - 1.4),
      color: fill, cornerRadius: 3)
    figure.write(
      trimmed(value, 0), at: (point.x + side / 2, point.y + side / 2), .small, anchor: .center)
  }

  private func drawFlattened(on figure: Figure, x: Double, y: Double) {
    figure.write(
      "Fully connected: 12 numbers in a row, two neurons of 12 weights", at: (x, y), .heading)
    let side = 30.0
    let start = x + 84
    let rows: [(name: String, values: [Double])] =
      [("picture", input.flatMap { $0.flatMap { $0 } })]
      + weights.enumerated().map {
        ("neuron \($0.offset + 1)", $0.element.flatMap { $0.flatMap { $0 } })
      }
    for (index, row) in rows.enumerated() {
      let top = y + 32 + Double(index) * 46 + (index > 0 ? 10 : 0)
      figure.write(row.name, at: (x, top + side / 2), .body, color: Palette.muted, anchor: .left)
      for (place, value) in row.values.enumerated() {
        cell(
          value, at: (start + Double(place) * side, top), side: side,
          fill: index == 0 ? color(place / 4).opacity(0.3) : Palette.rule.opacity(0.7), on: figure)
      }
      guard index > 0 else { continue }
      let end = start + 12 * side
      figure.arrow(
        from: (end + 10, top + side / 2), to: (end + 46, top + side / 2), color: Palette.ink)
      figure.write(
        "Y_{\(index)} = *{\(trimmed(flattened[index - 1], 0))}", at: (end + 58, top + side / 2),
        .heading, color: Palette.prediction, anchor: .left)
    }
  }

  private func drawConvolved(on figure: Figure, x: Double, y: Double) {
    figure.write(
      "Convolution: a picture of 2 × 2 with 3 channels, two kernels of 2 × 2 × 3", at: (x, y),
      .heading)
    let side = 30.0
    let top = y + 54
    func block(_ values: [[[Double]]], at left: Double, _ fill: (Int) -> Color) {
      for (channel, plane) in values.enumerated() {
        for (row, line) in plane.enumerated() {
          for (column, value) in line.enumerated() {
            cell(
              value,
              at: (
                left + Double(channel) * (2 * side + 8) + Double(column) * side,
                top + Double(row) * side
              ), side: side, fill: fill(channel), on: figure)
          }
        }
      }
    }
    let width = 3 * 2 * side + 16
    let gap = 26.0
    figure.write("picture", at: (x, top - 20), .small, color: Palette.muted)
    block(input, at: x) { color($0).opacity(0.3) }
    for (index, kernel) in weights.enumerated() {
      let left = x + Double(index + 1) * (width + gap)
      figure.write("kernel \(index + 1)", at: (left, top - 20), .small, color: Palette.muted)
      block(kernel, at: left) { _ in Palette.rule.opacity(0.7) }
      let center = left + width / 2
      figure.arrow(
        from: (center, top + 2 * side + 8), to: (center, top + 2 * side + 32), color: Palette.ink)
      figure.write(
        "Y_{\(index + 1)} = *{\(trimmed(convolved[index], 0))}",
        at: (center, top + 2 * side + 38), .heading, color: Palette.prediction, anchor: .top)
    }
  }
}
