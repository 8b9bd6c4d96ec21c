// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import MultiBox

extension Chapter {
  static func priors(_ print: (Any...) -> Void) throws {
    let configuration = SSDConfiguration.ssd300(classes: .voc)
    let conv9 = configuration.featureMaps[3]
    for (width, height) in conv9.priorShapes {
      print(width, height, width * height)
    }

    for map in configuration.featureMaps {
      print(
        map.name, map.size, map.scale, map.extraScale ?? 0,
        map.aspectRatios.count, map.priorCount)
    }
    print(configuration.featureMaps.reduce(0) { $0 + $1.priorCount })

    var whole = configuration
    whole.clipsPriors = false
    let priors = PriorBoxes(whole)

    let first = 5776 + 2166 + 600  // the first prior of conv9_2
    let middle = first + (2 * 5 + 2) * 6  // row 2, column 2, six shapes each
    print(priors.centerSize[middle].centerX, priors.centerSize[middle].centerY)
    // 0.5 0.5
    print(
      priors.centerSize[middle + 2].width, priors.centerSize[middle + 2].height)
    // 0.778 0.389

    let corner = priors.boundary[first]
    print(corner.xMin, corner.yMin, corner.xMax, corner.yMax)
    // -0.175 -0.175 0.375 0.375

    let clipped = PriorBoxes(configuration).boundary[first]
    print(clipped.xMin, clipped.yMin, clipped.xMax, clipped.yMax)
    // 0.0 0.0 0.375 0.375
    let center = PriorBoxes(configuration).centerSize[first].centerX
    print(center)  // 0.1875
  }
}
