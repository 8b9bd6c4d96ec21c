// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import MultiBox

extension Chapter {
  static func suppression(_ print: (Any...) -> Void) throws {
    let candidates = [
      BoundingBox(xMin: 0.10, yMin: 0.20, xMax: 0.40, yMax: 0.50),  // 0.92
      BoundingBox(xMin: 0.60, yMin: 0.30, xMax: 0.90, yMax: 0.60),  // 0.85
      BoundingBox(xMin: 0.13, yMin: 0.23, xMax: 0.43, yMax: 0.53),  // 0.71
    ]
    for box in candidates { print(candidates.map { box.iou(with: $0) }) }

    print(nms(candidates, scores: [0.92, 0.85, 0.71], iouThreshold: 0.5))
    // [0, 1]

    let chain = [0, 0.08, 0.16].map { (shift: Float) in
      BoundingBox(xMin: 0.1 + shift, yMin: 0.1, xMax: 0.4 + shift, yMax: 0.4)
    }
    print(chain[0].iou(with: chain[1]), chain[1].iou(with: chain[2]))
    // 0.5789 0.5789
    print(chain[0].iou(with: chain[2]))  // 0.3043
    print(nms(chain, scores: [0.9, 0.8, 0.7], iouThreshold: 0.5))  // [0, 2]

    let eye = DetectionSettings()
    print(eye.minimumScore, eye.iouThreshold, eye.limit)  // 0.2 0.5 200
    let score = DetectionSettings.evaluation
    print(score.minimumScore, score.iouThreshold, score.limit)
    // 0.01 0.45 200
  }
}
