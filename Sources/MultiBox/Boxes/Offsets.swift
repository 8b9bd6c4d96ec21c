import Foundation

/// How far a box lies from a prior, in the prior's own measure (box regression targets, deltas): what
/// the network predicts.
///
/// The displacement of the center is a fraction of the prior's size, the size the natural logarithm
/// of the ratio; both are divided by the ``Variances`` so that they have about unit spread (paper,
/// equation 2; the division comes from the authors' Caffe code).
public struct Offsets: Hashable, Sendable {
  /// The displacement to the right, as a fraction of the prior's width, over the center variance.
  public var centerX: Float
  /// The displacement downwards, as a fraction of the prior's height, over the center variance.
  public var centerY: Float
  /// The natural logarithm of the ratio of widths, over the size variance.
  public var width: Float
  /// The natural logarithm of the ratio of heights, over the size variance.
  public var height: Float

  /// Offsets as the network predicts them.
  public init(centerX: Float, centerY: Float, width: Float, height: Float) {
    self.centerX = centerX
    self.centerY = centerY
    self.width = width
    self.height = height
  }

  /// Encodes `box` relative to `prior`. Both must have a positive size.
  public init(of box: CenterSizeBox, from prior: CenterSizeBox, variances: Variances = .init()) {
    centerX = (box.centerX - prior.centerX) / (prior.width * variances.center)
    centerY = (box.centerY - prior.centerY) / (prior.height * variances.center)
    width = log(box.width / prior.width) / variances.size
    height = log(box.height / prior.height) / variances.size
  }

  /// Decodes the box that lies at these offsets from `prior`.
  public func box(from prior: CenterSizeBox, variances: Variances = .init()) -> CenterSizeBox {
    CenterSizeBox(
      centerX: centerX * variances.center * prior.width + prior.centerX,
      centerY: centerY * variances.center * prior.height + prior.centerY,
      width: exp(width * variances.size) * prior.width,
      height: exp(height * variances.size) * prior.height)
  }
}

/// The divisors of encoded offsets: 0.1 for centers and 0.2 for sizes in the authors' code.
public struct Variances: Hashable, Sendable, Codable {
  /// The divisor of the displacements of the center.
  public var center: Float
  /// The divisor of the logarithms of the size ratios.
  public var size: Float

  /// The authors' divisors, unless told otherwise.
  public init(center: Float = 0.1, size: Float = 0.2) {
    self.center = center
    self.size = size
  }
}
