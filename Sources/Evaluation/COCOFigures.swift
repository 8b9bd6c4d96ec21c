/// The twelve figures that COCO's evaluation prints, under the names its papers use.
///
/// A figure is nil when no object counts for it, such as `smallAP` when there are no small objects;
/// COCO's own code has -1 there.
public struct COCOFigures: Sendable, Hashable, Codable {
  /// Average precision, the mean over overlaps 0.5, 0.55 ... 0.95: COCO's main figure.
  public var ap: Double?
  /// At overlap 0.5.
  public var ap50: Double?
  /// At overlap 0.75.
  public var ap75: Double?
  /// For objects of up to 32² pixels.
  public var smallAP: Double?
  /// For objects of 32² to 96² pixels.
  public var mediumAP: Double?
  /// For objects of 96² pixels and more.
  public var largeAP: Double?
  /// Average recall with one detection a class and image.
  public var ar1: Double?
  /// Average recall with ten.
  public var ar10: Double?
  /// Average recall with a hundred.
  public var ar100: Double?
  /// Average recall for small objects with a hundred detections.
  public var smallAR: Double?
  /// The same for medium objects.
  public var mediumAR: Double?
  /// The same for large ones.
  public var largeAR: Double?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case ap = "AP"
    case ap50 = "AP50"
    case ap75 = "AP75"
    case smallAP = "APsmall"
    case mediumAP = "APmedium"
    case largeAP = "APlarge"
    case ar1 = "AR1"
    case ar10 = "AR10"
    case ar100 = "AR100"
    case smallAR = "ARsmall"
    case mediumAR = "ARmedium"
    case largeAR = "ARlarge"
  }

  /// The figures by name, in COCO's order.
  public var named: [(name: String, value: Double?)] {
    zip(
      CodingKeys.allCases,
      [
        ap, ap50, ap75, smallAP, mediumAP, largeAP, ar1, ar10, ar100, smallAR, mediumAR, largeAR,
      ]
    ).map { ($0.rawValue, $1) }
  }

  /// A missing figure is written as null, not left out.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    for (key, figure) in zip(CodingKeys.allCases, named) {
      try container.encode(figure.value, forKey: key)
    }
  }
}
