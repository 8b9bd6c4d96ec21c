import Evaluation
import Foundation

/// One value under a name. TensorBoard groups names by what comes before the slash.
public struct EventValue: Sendable {
  let message: Summary.Value

  /// A number.
  public static func scalar(_ value: Double, _ tag: String) -> EventValue {
    EventValue(
      message: .with {
        $0.tag = tag
        $0.scalar = Float(value)
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
      message: .with {
        $0.tag = tag
        $0.picture = .with {
          $0.width = Int32(width)
          $0.height = Int32(height)
          $0.colorspace = 3
          $0.encoded = encoded
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
      message: .with {
        $0.tag = tag
        $0.metadata = .with {
          $0.dataClass = 2
          $0.plugin = .with {
            $0.name = "pr_curves"
            $0.content = content(thresholdCount)
          }
        }
        $0.tensor = .with {
          $0.type = 1
          $0.shape = .with {
            $0.dimensions = [rows.count, thresholdCount].map { size in
              .with { $0.size = Int64(size) }
            }
          }
          $0.floats = rows.flatMap { value in points.map { Float(value($0)) } }
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

  private static func content(_ thresholdCount: Int) -> Data {
    let plugin = PrecisionRecallPlugin.with { $0.thresholdCount = UInt32(thresholdCount) }
    // A message of numbers cannot fail to be written.
    return (try? plugin.serializedData()) ?? Data()
  }
}
