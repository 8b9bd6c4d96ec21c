// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import Evaluation
import MultiBox

extension Chapter {
  static func averagePrecision(_ print: (Any...) -> Void) throws {
    let classes = ClassList(["circle"])
    let left = BoundingBox(xMin: 0.1, yMin: 0.1, xMax: 0.4, yMax: 0.4)
    let right = BoundingBox(xMin: 0.6, yMin: 0.6, xMax: 0.9, yMax: 0.9)
    func circle(_ box: BoundingBox, _ score: Float) -> Detection {
      Detection(box: box, classIndex: 1, label: "circle", score: score)
    }

    var evaluator = AveragePrecisionEvaluator(classes: classes)
    evaluator.add(
      detections: [circle(left, 0.9), circle(left, 0.8), circle(right, 0.7)],
      objects: [
        GroundTruthObject(box: left, classIndex: 1),
        GroundTruthObject(box: right, classIndex: 1, isDifficult: true),
      ])
    let curve = evaluator.results()[0].curve
    print(curve.objectCount, curve.precision, curve.recall)
    // 1 [1.0, 0.5] [1.0, 1.0]

    let example = PrecisionRecallCurve(
      scores: [0.95, 0.9, 0.8, 0.6, 0.3],
      isHit: [true, true, false, true, false], objectCount: 4)
    for (precision, recall) in zip(example.precision, example.recall) {
      print(precision, recall)
    }

    print(example.elevenPointAveragePrecision ?? 0, (6 * 1 + 2 * 0.75) / 11)
    // 0.6818 0.6818
    print(example.areaAveragePrecision ?? 0, 0.5 * 1 + 0.25 * 0.75)
    // 0.6875 0.6875

    let paper = [
      75.5, 80.2, 72.3, 66.3, 47.6, 83.0, 84.2, 86.1, 54.7, 78.3,
      73.9, 84.5, 85.3, 82.6, 76.2, 48.6, 73.9, 76.0, 83.4, 74.0,
    ]
    let tutorial = [
      78.9, 83.7, 76.9, 72.0, 46.0, 86.7, 86.9, 89.2, 59.6, 82.7,
      75.2, 85.6, 87.4, 82.9, 78.8, 50.3, 78.7, 80.5, 85.7, 75.0,
    ]
    print(paper.reduce(0, +) / 20, tutorial.reduce(0, +) / 20)  // 74.3 77.1
  }
}
