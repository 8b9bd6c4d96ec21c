// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import Datasets
import Foundation
import MultiBox

extension Chapter {
  static func data(_ print: (Any...) -> Void) throws {
    print(ClassList.voc.count, 5011 + 11540)  // 20 16551

    let xml = """
      <annotation>
        <size><width>500</width><height>375</height><depth>3</depth></size>
        <object>
          <name>chair</name><difficult>0</difficult>
          <bndbox>
            <xmin>263</xmin><ymin>211</ymin><xmax>324</xmax><ymax>339</ymax>
          </bndbox>
        </object>
        <object>
          <name>chair</name><difficult>1</difficult>
          <bndbox>
            <xmin>5</xmin><ymin>244</ymin><xmax>67</xmax><ymax>374</ymax>
          </bndbox>
        </object>
      </annotation>
      """
    let annotation = try VOCAnnotation(
      data: Data(xml.utf8), file: URL(filePath: "000005.xml"))
    for object in annotation.objects {
      print(object.label, object.box.xMin, object.box.xMax, object.isDifficult)
    }

    let chair = annotation.objects[0]
    let box = PixelConvention.fromOne.fractional(
      chair.box, width: 500, height: 375)
    print(box.xMin, box.yMin, box.xMax, box.yMax)  // 0.524 0.56 0.646 0.901
    print(262.0 / 500)  // 0.524

    print(ClassList.voc.index(of: "chair") ?? 0)  // 9

    let rule = PixelNormalization.imageNet
    print(rule.mean, rule.deviation)
    // [0.485, 0.456, 0.406] [0.229, 0.224, 0.225]
    let white = (255 * rule.scale - rule.mean[0]) / rule.deviation[0]
    print(white)  // 2.2489

    let folder = FileManager.default.temporaryDirectory.appending(
      path: "guide-data")
    try? FileManager.default.removeItem(at: folder)
    try SyntheticShapes(.simple).write(
      to: folder, trainingCount: 4, testCount: 1)

    let source = DatasetSource(folder: folder, split: "trainval")
    let dataset = try DetectionDataset(voc: [source])
    let loader = BatchLoader(dataset, .evaluation(batchSize: 4))
    if let batch = try loader.next() {
      print(batch.pixels.count == 4 * 300 * 300 * 3, batch.objects.map(\.count))
      // true [4, 3, 3, 1]
    }
  }
}
