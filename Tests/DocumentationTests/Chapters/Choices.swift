// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import MultiBox

extension Chapter {
  static func choices(_ print: (Any...) -> Void) throws {
    let configuration = SSDConfiguration.ssd300(classes: .voc)
    print(configuration.clipsPriors, configuration.limitsPriorSizes)
    // true true
    print(configuration.featureMaps[1].aspectRatios)
    // [1.0, 2.0, 3.0, 0.5, 0.333]

    print(configuration.variances.center, configuration.variances.size)
    // 0.1 0.2

    let loss = LossConfiguration()
    print(loss.averagesCoordinates, loss.localization, loss.localizationWeight)
    // false smoothL1 1.0
    print(loss.negativesPerPositive, loss.overlapThreshold)  // 3 0.5
  }
}
