import Images
import MultiBox

/// The whole network to scale: maps, where boxes are predicted, parameters and multiplications.
public struct ArchitectureExplanation: Explanation {
  private let configuration: SSDConfiguration
  private let graph: NetworkGraph
  private var layers: [ResolvedLayer] { graph.layers }

  /// Draws the network of a configuration.
  public init(_ configuration: SSDConfiguration) {
    self.configuration = configuration
    graph = configuration.graph
  }

  /// The layers, a line each, with sums below.
  public var table: String {
    func column(_ text: String, _ width: Int, isNumber: Bool = true) -> String {
      let space = String(repeating: " ", count: max(0, width - text.count))
      return isNumber ? space + text : text + space
    }
    func line(_ texts: [String]) -> String {
      column(texts[0], 14, isNumber: false) + column(texts[1], 18, isNumber: false)
        + column(texts[2], 18) + column(texts[3], 13) + column(texts[4], 17) + column(texts[5], 8)
    }
    var lines = [line(["layer", "window", "output", "parameters", "multiplications", "field"])]
    for layer in layers {
      lines.append(
        line([
          layer.name, Self.words(layer),
          "\(layer.outputChannels) x \(layer.outputSize) x \(layer.outputSize)",
          layer.parameterCount > 0 ? grouped(layer.parameterCount) : "",
          layer.isConvolution ? grouped(layer.multiplications) : "",
          "\(layer.receptiveField)",
        ]))
    }
    let scales = layers.filter { $0.scaleName != nil }
    let note =
      scales.isEmpty
      ? ""
      : " (with \(scales.reduce(0) { $0 + $1.outputChannels }) factors of the L2 normalization of "
        + "\(scales.map(\.layer.inputs[0]).joined(separator: ", ")))"
    lines.append(
      """
      \(grouped(graph.parameterCount)) parameters\(note), \
      \(decimal(Double(graph.multiplications) / 1e9, 2)) billion multiplications, \
      \(grouped(configuration.priorCount)) priors
      """)
    return lines.joined(separator: "\n")
  }

  /// What a layer computes, in a few words, such as `3 x 3 / 2`.
  private static func words(_ layer: ResolvedLayer) -> String {
    switch layer.layer.operation {
    case .addition: return "addition"
    case .channelScaling: return "channel scaling"
    case .globalAverage: return "global average"
    case .l2Normalization: return "L2 norm"
    case .convolution, .maximumPooling:
      let groups = layer.layer.operation.convolution?.groups ?? 1
      return "\(layer.kernelSize) x \(layer.kernelSize)"
        + (layer.stride > 1 ? " / \(layer.stride)" : "")
        + (layer.dilation > 1 ? ", dilated \(layer.dilation)" : "")
        + (groups > 1 ? ", \(groups) groups" : "") + (layer.roundsUp ? ", up" : "")
    }
  }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let billions = Double(graph.multiplications) / 1e9
    let base =
      configuration.base.vgg16 == nil
      ? configuration.base.summary
      : "VGG-16 without its classifier, fc6 and fc7 as convolutions"
    let figure = try Figure(
      "\(configuration.name): the network, to scale",
      """
      Heights are the maps' widths in positions, thicknesses their channels. Base: \(base). \
      Auxiliary convolutions make the maps smaller still. From each framed map two convolutions predict boxes and classes. \
      One image takes \(decimal(billions, 1)) billion multiplications, each with an addition.
      """,
      contentHeight: Self.lift + Self.imageHeight + nameRoom + 104, pixelWidth: pixelWidth)
    let floor = figure.content.y + Self.lift + Self.imageHeight
    drawMaps(on: figure, base: floor)
    drawShares(on: figure, x: figure.content.x + 262, y: figure.content.y + 34)
    drawPredictions(on: figure, y: floor + nameRoom)
    return figure
  }

  /// The height of the image, in units.
  private static let imageHeight = 300.0
  /// How far a map's far edge lies to the right of its near one, and above it, for each unit of height.
  private static let slant = 0.14
  /// Room above the image for its far edge.
  private static var lift: Double { imageHeight * slant * 0.9 + 4 }
  /// Room for the longest name of a layer, written downwards, in units.
  private var nameRoom: Double {
    let longest =
      layers.filter { $0.isConvolution && $0.part != .prediction }
      .map { "\($0.name), \($0.outputSize)".count }.max() ?? 0
    return 8 + 6 * Double(longest)
  }

  /// The positions of the convolutions that feature maps come from, through whatever follows them.
  private var sources: Set<Int> {
    Set(
      graph.predictions.map { prediction in
        var index = prediction.source
        while !layers[index].isConvolution, let input = graph.inputs[index][0] { index = input }
        return index
      })
  }

  private func color(_ layer: ResolvedLayer) -> Color {
    if configuration.base.vgg16 != nil, ["conv6", "conv7"].contains(layer.name) {
      return Palette.series[6]
    }
    return layer.part == .base ? Palette.prior : Palette.prediction
  }

  /// Draws every convolution's output.
  private func drawMaps(on figure: Figure, base: Double) {
    let indices = layers.indices.filter {
      layers[$0].isConvolution && layers[$0].part != .prediction
    }
    let shown = indices.map { layers[$0] }
    let sources = sources
    let imageWidth = 3.0
    let channels = shown.reduce(0) { $0 + $1.outputChannels }
    // A new block begins where the map has become smaller or the name changes.
    let blocks = Self.blocks(shown)
    func beginsBlock(_ index: Int) -> Bool {
      index == 0 || shown[index].inputSize != shown[index - 1].inputSize
        || blocks[index] != blocks[index - 1]
    }
    let gaps = shown.indices.reduce(0.0) { $0 + (beginsBlock($1) ? 9 : 2.6) }
    let size = Self.imageHeight / Double(configuration.imageSize)
    let smallest = 2.4
    let room = figure.content.width - gaps - imageWidth - 8
    // Thin layers keep a thickness that can be seen.
    let unit = room / Double(channels)
    var x = figure.content.x
    func slab(
      _ thickness: Double, _ height: Double, _ color: Color, isFramed: Bool
    ) {
      let depth = Self.slant * height
      let (left, right) = (x, x + thickness)
      let (top, bottom) = (base - height, base)
      let lift = depth * 0.9
      figure.canvas.fillPolygon(
        [(left, top), (left + depth, top - lift), (right + depth, top - lift), (right, top)],
        color: color.mixed(with: .white, share: 0.55))
      figure.canvas.fillPolygon(
        [
          (right, top), (right + depth, top - lift), (right + depth, bottom - lift),
          (right, bottom),
        ],
        color: color.mixed(with: .black, share: 0.22))
      figure.canvas.fill(
        Rectangle(x: left, y: top, width: thickness, height: height),
        color: color.mixed(with: .white, share: 0.12))
      if isFramed {
        figure.canvas.polyline(
          [
            (left, top), (left + depth, top - lift), (right + depth, top - lift),
            (right + depth, bottom - lift), (right, bottom), (left, bottom), (left, top),
          ], color: Palette.truth, lineWidth: 1.8)
      }
    }
    slab(imageWidth, Self.imageHeight, Palette.muted, isFramed: false)
    figure.write(
      "image, \(configuration.imageSize)", at: (x + 1, base + 6), .tiny, color: Palette.muted,
      anchor: TextAnchor(x: 0, y: 0.5), angle: .pi / 2)
    x += imageWidth
    for (index, layer) in shown.enumerated() {
      x += beginsBlock(index) ? 9 : 2.6
      let thickness = max(smallest, unit * Double(layer.outputChannels))
      let height = max(size * Double(layer.outputSize), 1.5)
      slab(thickness, height, color(layer), isFramed: sources.contains(indices[index]))
      let middle = x + thickness / 2
      // Of thin neighbours only the last has its name written; there is no room for more.
      let isLastOfBlock = index + 1 == shown.count || beginsBlock(index + 1)
      if thickness >= 10 || isLastOfBlock {
        figure.write(
          "\(layer.name), \(layer.outputSize)", at: (middle, base + 6), .tiny,
          color: sources.contains(indices[index]) ? Palette.ink : Palette.muted,
          anchor: TextAnchor(x: 0, y: 0.5), angle: .pi / 2)
      }
      x += thickness
    }
  }

  private func drawPredictions(on figure: Figure, y: Double) {
    let maps = configuration.featureMaps
    let gap = 8.0
    let width = (figure.content.width - gap * Double(maps.count - 1)) / Double(maps.count)
    let height = 74.0
    for (index, map) in maps.enumerated() {
      let x = figure.content.x + Double(index) * (width + gap)
      let box = Rectangle(x: x, y: y, width: width, height: height)
      figure.canvas.fill(box, color: Palette.truth.opacity(0.14), cornerRadius: 6)
      figure.canvas.stroke(box, color: Palette.truth, lineWidth: 1, cornerRadius: 6)
      let middle = x + width / 2
      let lines: [(String, TextStyle, Color)] = [
        ("*{\(map.name)}", .small, Palette.ink),
        ("\(map.size)² × \(map.priorsPerPosition) priors", .small, Palette.ink),
        (
          "\(map.priorsPerPosition * 4) + \(map.priorsPerPosition * configuration.scoreCount)",
          .small, Palette.muted
        ),
        ("= \(grouped(map.priorCount)) boxes", .small, Palette.prediction),
      ]
      for (line, (text, style, color)) in lines.enumerated() {
        figure.write(
          text, at: (middle, y + 12 + 16.5 * Double(line)), style, color: color, anchor: .center,
          maximumWidth: width - 6)
      }
    }
    let total = maps.reduce(0) { $0 + $1.priorCount }
    figure.write(
      "Framed maps: offsets and class scores in 3 × 3 convolutions, 4 + \(configuration.scoreCount) channels a prior; together *{\(grouped(total))} boxes",
      at: (figure.content.x, y + height + 8), .small, color: Palette.muted)
  }

  /// Which part of the network has the parameters and which does the work.
  private func drawShares(on figure: Figure, x start: Double, y: Double) {
    let groups = Self.groups(layers)
    let bars: [(name: String, total: Int, share: (ResolvedLayer) -> Int)] = [
      ("parameters", graph.parameterCount, \.parameterCount),
      ("multiplications", graph.multiplications, \.multiplications),
    ]
    let width = figure.content.right - start
    for (index, bar) in bars.enumerated() {
      let top = y + 20 + Double(index) * 54
      figure.write("*{\(grouped(bar.total))} \(bar.name)", at: (start, top - 20), .body)
      var x = start
      for (number, group) in groups.enumerated() {
        let share =
          Double(group.layers.reduce(0) { $0 + bar.share($1) }) / Double(max(bar.total, 1))
        figure.canvas.fill(
          Rectangle(x: x, y: top, width: max(width * share - 1, 0.4), height: 22),
          color: Self.groupColors[number % Self.groupColors.count], cornerRadius: 2)
        if share > 0.075 {
          figure.write(
            percent(share, 0), at: (x + width * share / 2, top + 11), .small, color: .white,
            anchor: .center)
        }
        x += width * share
      }
    }
    Legend(
      groups.enumerated().map {
        (.area(Self.groupColors[$0.offset % Self.groupColors.count]), $0.element.name)
      }
    ).draw(on: figure, at: (start, y + 20 + 54 + 30), width: width)
  }

  private static let groupColors =
    [0x7FA3E8, 0x5683DE, 0x2F6BDE, 0x2455B5, 0x1B3F87, 0x8C50CC, 0x0C9A86, 0xC98503]
    .map { Color(hex: UInt32($0)) }

  /// The base's blocks, the auxiliary part and the predictions, with their convolutions.
  private static func groups(
    _ layers: [ResolvedLayer]
  ) -> [(name: String, layers: [ResolvedLayer])] {
    let convolutions = layers.filter(\.isConvolution)
    let base = convolutions.filter { $0.part == .base }
    var groups: [(name: String, layers: [ResolvedLayer])] = []
    for (name, layer) in zip(blocks(base), base) {
      if groups.last?.name == name {
        groups[groups.count - 1].layers.append(layer)
      } else {
        groups.append((name, [layer]))
      }
    }
    return groups
      + [
        ("auxiliary", convolutions.filter { $0.part == .auxiliary }),
        ("predictions", convolutions.filter { $0.part == .prediction }),
      ].filter { !$0.1.isEmpty }
  }

  /// The name of each convolution's block: `conv1` for `conv1_2`, `layer1` for `layer1.0.conv1`.
  /// Neighbors that are blocks of their own are one: `conv6, conv7`.
  private static func blocks(_ layers: [ResolvedLayer]) -> [String] {
    let stems = layers.map { layer in
      String(layer.name.prefix { $0 != "_" && $0 != "." })
    }
    let counts = Dictionary(stems.map { ($0, 1) }, uniquingKeysWith: +)
    var names = stems
    var start = 0
    while start < names.count {
      let run = names[start...].prefix { counts[$0] == 1 }
      if run.count > 1, let first = run.first, let last = run.last {
        let name = run.count == 2 ? "\(first), \(last)" : "\(first) to \(last)"
        for index in run.indices { names[index] = name }
      }
      start += max(run.count, 1)
    }
    return names
  }
}
