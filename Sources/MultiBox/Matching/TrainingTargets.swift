/// The targets of a batch: the class and the offsets that the network should have predicted for
/// every prior.
public struct TrainingTargets: Sendable {
  /// Class indices, (images, priors), row-major; 0 is background.
  public var classes: [Int64]
  /// Encoded offsets to the matched object, (images, priors, 4), row-major; zeros for background. See
  /// ``Offsets`` for the order.
  public var offsets: [Float]
  /// The number of images.
  public let imageCount: Int
  /// The number of priors, over all images, that belong to an object.
  public private(set) var positiveCount = 0

  /// Matches every image's objects with the priors.
  ///
  /// - Parameters:
  ///   - images: the objects of each image of the batch.
  ///   - priors: the priors that offsets are measured from.
  ///   - matcher: a matcher of the same priors.
  public init(_ images: [[GroundTruthObject]], priors: PriorBoxes, matcher: PriorMatcher) {
    imageCount = images.count
    classes = [Int64](repeating: 0, count: images.count * priors.count)
    offsets = [Float](repeating: 0, count: images.count * priors.count * 4)
    for (image, objects) in images.enumerated() {
      let boxes = objects.map { CenterSizeBox($0.box) }
      let match = matcher.match(objects.map(\.box))
      for (prior, object) in match.objects.enumerated() where object >= 0 {
        positiveCount += 1
        let row = image * priors.count + prior
        classes[row] = Int64(objects[object].classIndex)
        let encoded = Offsets(
          of: boxes[object], from: priors.centerSize[prior], variances: priors.variances)
        offsets[row * 4] = encoded.centerX
        offsets[row * 4 + 1] = encoded.centerY
        offsets[row * 4 + 2] = encoded.width
        offsets[row * 4 + 3] = encoded.height
      }
    }
  }
}
