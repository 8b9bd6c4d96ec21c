import Foundation
import Images
import MultiBox
import Weights

/// How VGG-16's fully connected layers become convolutions with fewer and smaller kernels.
public struct DecimationExplanation: Explanation {
  /// Of fc6's 7 x 7 positions, numbered row by row from 0, those that conv6 keeps, as
  /// `Weights.Decimation` picks them.
  public let keptPositions: [Int]
  /// Of fc7's 4096 inputs, numbered from 0, those that conv7 keeps.
  public let keptInputs: [Int]
  private let dilation: Int

  /// Sends a neuron whose weights are the numbers of their own places through the decimation of each
  /// layer; all neurons are treated alike.
  ///
  /// - Throws: What `StoredTensor` throws when it cannot be read; numbers in memory can.
  public init() throws {
    var fc6 = Decimation.conv6
    (fc6.outputs, fc6.inputs) = (1, 1)
    keptPositions = try Self.kept(by: fc6)
    var fc7 = Decimation.conv7
    fc7.outputs = 1
    keptInputs = try Self.kept(by: fc7)
    let conv6 = SSDConfiguration.ssd300(classes: .voc).graph.layers.first { $0.name == "conv6" }
    dilation = conv6?.dilation ?? 1
  }

  private static func kept(by decimation: Decimation) throws -> [Int] {
    let count = decimation.inputs * decimation.size * decimation.size
    let places = StoredTensor(
      floats: (0..<count).map { Float($0) },
      shape: [1, decimation.inputs, decimation.size, decimation.size])
    return try decimation(places)?.floats().map { Int($0) } ?? []
  }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let figure = try Figure(
      "Decimation: fc6 and fc7 become convolutions",
      """
      VGG-16's first fully connected layer looks at the whole 7 × 7 map at once, which is a \
      convolution with a 7 × 7 kernel. To make it affordable, SSD keeps every third row and column \
      and every fourth neuron, and spreads the nine numbers that are left, so that they cover a large \
      part of the map again.
      """,
      contentHeight: 26 + 220 + 40 + 26 + 21 * 3 + 8,
      note: """
        The step between kept elements is 3. The kernel is spread by \(dilation) instead, as pool5 no \
        longer halves the map: neighbours of the map lie twice as close together as in VGG-16.
        """, pixelWidth: pixelWidth)
    let (x, y) = (figure.content.x, figure.content.y)
    let top = y + 26
    // One cell's side: 7 and 3 of them, and 13 in the same height as 7.
    let (side, small) = (24.0, 220.0 / 13)
    figure.write("fc6 as a 7 × 7 kernel", at: (x, y), .heading)
    kernel(on: figure, x: x, y: top + 110 - 3.5 * side, cell: side)
    let second = x + 7 * side + 62
    figure.arrow(
      from: (x + 7 * side + 14, top + 110), to: (second - 14, top + 110), color: Palette.ink)
    figure.write("conv6: 3 × 3", at: (second, y), .heading)
    kept(on: figure, x: second, y: top + 110 - 1.5 * side, cell: side)
    let third = figure.content.right - 13 * small
    figure.arrow(
      from: (second + 3 * side + 14, top + 110), to: (third - 14, top + 110), color: Palette.ink)
    figure.write("spread by \(dilation): covers 13 × 13", at: (third, y), .heading)
    spread(on: figure, x: third, y: top, cell: small)

    let below = top + 220 + 34
    figure.write("What is left of the parameters", at: (x, below), .heading)
    Table(
      columns: [104, 138, -90, 24, 138, -86, -80],
      header: ["", "in VGG-16", "weights", "", "in SSD", "weights", "share"],
      rows: [
        row("fc6", [4096, 7, 7, 512], "conv6", [1024, 3, 3, 512]),
        row("fc7", [4096, 1, 1, 4096], "conv7", [1024, 1, 1, 1024]),
      ]
    ).draw(on: figure, at: (x, below + 24))
    return figure
  }

  private func row(
    _ name: String, _ before: [Int], _ newName: String, _ after: [Int]
  ) -> [Table.Cell] {
    func shape(_ sizes: [Int]) -> String { sizes.map(String.init).joined(separator: " × ") }
    let counts = (before.reduce(1, *), after.reduce(1, *))
    return [
      Table.Cell("\(name) → \(newName)", isStrong: true), Table.Cell(shape(before)),
      Table.Cell(grouped(counts.0)), "", Table.Cell(shape(after)), Table.Cell(grouped(counts.1)),
      Table.Cell(
        percent(Double(counts.1) / Double(counts.0)), color: Palette.prediction, isStrong: true),
    ]
  }

  private func kernel(on figure: Figure, x: Double, y: Double, cell: Double) {
    for position in 0..<49 {
      let (row, column) = position.quotientAndRemainder(dividingBy: 7)
      let isKept = keptPositions.contains(position)
      element(
        on: figure, x: x + Double(column) * cell, y: y + Double(row) * cell, cell: cell,
        text: String(position), fill: isKept ? Palette.prior : Palette.panel,
        color: isKept ? .white : Palette.muted)
    }
  }

  private func kept(on figure: Figure, x: Double, y: Double, cell: Double) {
    for (index, position) in keptPositions.enumerated() {
      element(
        on: figure, x: x + Double(index % 3) * cell, y: y + Double(index / 3) * cell, cell: cell,
        text: String(position), fill: Palette.prior, color: .white)
    }
  }

  private func spread(on figure: Figure, x: Double, y: Double, cell: Double) {
    for position in 0..<169 {
      let (row, column) = position.quotientAndRemainder(dividingBy: 13)
      let isElement = row % dilation == 0 && column % dilation == 0
      let index = row / dilation * 3 + column / dilation
      element(
        on: figure, x: x + Double(column) * cell, y: y + Double(row) * cell, cell: cell,
        text: isElement && index < keptPositions.count ? String(keptPositions[index]) : "",
        fill: isElement ? Palette.prior : Palette.panel, color: .white)
    }
  }

  private func element(
    on figure: Figure, x: Double, y: Double, cell: Double, text: String, fill: Color, color: Color
  ) {
    figure.canvas.fill(
      Rectangle(x: x + 0.7, y: y + 0.7, width: cell - 1.4, height: cell - 1.4), color: fill,
      cornerRadius: 2.5)
    figure.write(text, at: (x + cell / 2, y + cell / 2), .tiny, color: color, anchor: .center)
  }
}
