import Evaluation
import Foundation
import Protobuf

/// One value under a name. TensorBoard groups names by what comes before the slash.
public struct EventValue: Sendable {
  /// `Summary.Value`: the tag 1, the plug-in's metadata 9, and one of number 2, picture 4 and tensor 8.
  let message: ProtobufMessage

  /// A number.
  public static func scalar(_ value: Double, _ tag: String) -> EventValue {
    EventValue(
      message: ProtobufMessage {
        $0.add(1, tag)
        $0.add(2, Float(value))
      })
  }

  /// A picture.
  ///
  /// - Parameters:
  ///   - encoded: a JPEG or PNG file.
  ///   - width: in pixels.
  ///   - height: in pixels.
  public static func picture(
    _ encoded: Data, width: Int, height: Int, _ tag: String
  ) -> EventValue {
    EventValue(
      message: ProtobufMessage {
        $0.add(1, tag)
        $0.add(4) {
          $0.add(1, height)
          $0.add(2, width)
          // RGB.
          $0.add(3, 3)
          $0.add(4, bytes: encoded)
        }
      })
  }
}

// MARK: - Precision and recall

extension EventValue {
  /// A precision-recall curve at evenly spaced scores from 0 to 1, for the plug-in of that name.
  ///
  /// A detector has no true negatives; they are 0.
  ///
  /// - Parameter thresholdCount: how many scores; at least 2.
  public static func precisionRecall(
    _ curve: PrecisionRecallCurve, _ tag: String, thresholdCount: Int = 101
  ) -> EventValue {
    precondition(thresholdCount > 1, "a curve has two ends")
    let points = thresholds(of: curve, count: thresholdCount)
    // In the order that the plug-in reads them: (6, thresholds).
    let rows: [(ThresholdPoint) -> Double] = [
      \.hits, \.falseDetections, { _ in 0 }, \.misses, \.precision, \.recall,
    ]
    return EventValue(
      message: ProtobufMessage {
        $0.add(1, tag)
        $0.add(8) {
          // Floats.
          $0.add(1, 1)
          $0.add(2) { shape in
            for size in [rows.count, thresholdCount] { shape.add(2) { $0.add(1, size) } }
          }
          $0.add(5, packed: rows.flatMap { value in points.map { Float(value($0)) } })
        }
        $0.add(9) {
          $0.add(1) {
            $0.add(1, "pr_curves")
            // The plug-in's own message; `plugin_data.proto`.
            $0.add(2) { $0.add(2, thresholdCount) }
          }
          // A tensor.
          $0.add(4, 2)
        }
      })
  }

  /// What there is when detections from a score on are accepted.
  package struct ThresholdPoint: Equatable {
    package var hits: Double
    package var falseDetections: Double
    package var misses: Double
    package var precision: Double
    package var recall: Double
  }

  package static func thresholds(of curve: PrecisionRecallCurve, count: Int) -> [ThresholdPoint] {
    (0..<count).map { index in
      let score = Double(index) / Double(count - 1)
      let accepted = curve.scores.count { Double($0) >= score }
      guard accepted > 0 else {
        // Nothing claimed, nothing wrong: TensorBoard's own curves end in precision 0 here, which draws
        // a line down to the corner.
        return ThresholdPoint(
          hits: 0, falseDetections: 0, misses: Double(curve.objectCount), precision: 1, recall: 0)
      }
      let precision = curve.precision[accepted - 1]
      let hits = (precision * Double(accepted)).rounded()
      return ThresholdPoint(
        hits: hits, falseDetections: Double(accepted) - hits,
        misses: max(0, Double(curve.objectCount) - hits), precision: precision,
        recall: curve.recall[accepted - 1])
    }
  }
}
