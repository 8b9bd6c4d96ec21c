/// What the network should have said about a batch: a class and offsets for every prior.
public struct TrainingTargets: Sendable {
  /// Class indices, (images, priors), row-major; 0 is background.
  public var classes: [Int64]
  /// Encoded offsets to the matched object, (images, priors, 4), row-major; zeros for background.
  public var offsets: [Float]
  /// How many images there are.
  public let imageCount: Int
  /// How many priors of all images belong to an object.
  public private(set) var positiveCount = 0

  /// Matches every image's objects with the priors.
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
