import MultiBox

/// The network and how it was trained.
struct ConfigurationSection {
  let network: PageModel.Table?
  let maps: PageModel.Table?
  let settings: [PageModel.Table]

  /// nil when nothing is known.
  init?(_ contents: ReportContents) {
    guard contents.network != nil || !contents.settings.isEmpty else { return nil }
    network = contents.network.map { Self.group($0).table }
    maps = contents.network.map(Self.maps)
    // The long ones last, so that columns fill evenly.
    settings = contents.settings.sorted { $0.entries.count < $1.entries.count }.map(\.table)
  }

  private static func group(_ network: SSDConfiguration) -> SettingsGroup {
    SettingsGroup(
      title: "network",
      entries: [
        .init("name", network.name),
        .init("input", "\(network.imageSize) × \(network.imageSize) pixels"),
        .init("classes", Figures.count(network.classes.count)),
        .init("base", network.base.summary),
        .init("batch normalization", network.base.hasBatchNormalization ? "yes" : "no"),
        .init("priors", Figures.count(network.priorCount)),
        .init("priors cut off at the edge", network.clipsPriors ? "yes" : "no"),
        .init("positive from overlap", Figures.number(Double(network.loss.overlapThreshold))),
        .init("hard negatives a positive", "\(network.loss.negativesPerPositive)"),
        .init("localization loss", network.loss.localization.rawValue),
        .init("weight of localization", Figures.number(Double(network.loss.localizationWeight))),
      ])
  }

  private static func maps(_ network: SSDConfiguration) -> PageModel.Table {
    PageModel.Table(
      caption: "feature maps",
      columns: ["map", "positions", "scale", "extra scale", "aspect ratios", "priors"].enumerated()
        .map { PageModel.Column(title: $1, isNumber: $0 > 0 && $0 != 4) },
      rows: network.featureMaps.map { map in
        PageModel.Row(
          head: map.name,
          cells: [
            PageModel.Cell("\(map.size) × \(map.size)"), PageModel.Cell(Figures.number(map.scale)),
            PageModel.Cell(map.extraScale.map(Figures.number) ?? Figures.none),
            PageModel.Cell(
              map.aspectRatios.map(Figures.number).joined(separator: ", "), isNumber: false),
            PageModel.Cell(Figures.count(map.priorCount)),
          ])
      })
  }
}
