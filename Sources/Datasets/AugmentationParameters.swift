import Images
import MultiBox

/// One change of a picture's colours.
public enum PhotometricDistortion: Hashable, Sendable {
  /// Every sample times the factor.
  case brightness(Float)
  /// The picture mixed with its mean grey: 0 leaves only grey, 1 changes nothing.
  case contrast(Float)
  /// Every pixel mixed with its own grey: 0 leaves only grey, 1 changes nothing.
  case saturation(Float)
  /// Every pixel's hue rotated, in turns of the colour circle.
  case hue(Float)
}

/// What was drawn for one picture: everything that decides how it will look and where its objects
/// will be.
///
/// The draw needs only the picture's size and boxes, so that decoding knows what it can skip.
public struct AugmentationParameters: Hashable, Sendable {
  /// The changes of colour in the order in which they apply.
  public var distortions: [PhotometricDistortion] = []
  /// The canvas's sides over the picture's; 1 where it was not laid on a canvas.
  public var zoomOut: Double = 1
  /// The least overlap that the part had to have with an object; nil for no crop.
  public var cropMinimumOverlap: Double?
  /// The part to show, in pixels of the picture. It reaches out of the picture where that was
  /// laid on a larger canvas; there, the mean colour shows.
  public var window: PixelRegion
  /// Whether left and right are swapped.
  public var isMirrored = false
  /// Whether top and bottom are swapped.
  public var isFlippedVertically = false

  /// Shows a whole picture as it is.
  public init(width: Int, height: Int) {
    window = PixelRegion(left: 0, top: 0, width: width, height: height)
  }

  /// Where a box lies in the new picture.
  ///
  /// - Parameters:
  ///   - box: The box in pixels of the old picture, the first column and row being 0.
  ///   - convention: What its numbers mean, which decides where its mirror image lies.
  /// - Returns: The box in fractions of the new picture, or nil where a crop has left its centre
  ///   outside.
  public func transformed(_ box: BoundingBox, convention: PixelConvention) -> BoundingBox? {
    let (width, height) = (Float(window.width), Float(window.height))
    var result = BoundingBox(
      xMin: box.xMin - Float(window.left), yMin: box.yMin - Float(window.top),
      xMax: box.xMax - Float(window.left), yMax: box.yMax - Float(window.top))
    if cropMinimumOverlap != nil {
      guard result.centerX > 0, result.centerX < width, result.centerY > 0,
        result.centerY < height
      else { return nil }
    }
    let shift = convention.mirrorShift
    if isMirrored {
      (result.xMin, result.xMax) = (width - shift - result.xMax, width - shift - result.xMin)
    }
    if isFlippedVertically {
      (result.yMin, result.yMax) = (height - shift - result.yMax, height - shift - result.yMin)
    }
    result = BoundingBox(
      xMin: result.xMin / width, yMin: result.yMin / height, xMax: result.xMax / width,
      yMax: result.yMax / height)
    return cropMinimumOverlap == nil ? result : result.clipped
  }
}

extension PixelRegion {
  /// The same rectangle in boundary coordinates, in pixels.
  var box: BoundingBox {
    BoundingBox(
      xMin: Float(left), yMin: Float(top), xMax: Float(left + width), yMax: Float(top + height))
  }
}

extension AugmentationParameters: CustomStringConvertible {
  /// What was drawn in a line, such as `zoom-out 2.1, crop (overlap 0.3) 120x90, mirrored, hue -12°`.
  public var description: String {
    func rounded(_ value: Double) -> String { String((value * 100).rounded() / 100) }
    var parts: [String] = []
    if zoomOut > 1 { parts.append("zoom-out \(rounded(zoomOut))") }
    if let cropMinimumOverlap {
      parts.append("crop (overlap \(rounded(cropMinimumOverlap))) \(window.width)x\(window.height)")
    }
    if isMirrored { parts.append("mirrored") }
    if isFlippedVertically { parts.append("upside down") }
    for distortion in distortions {
      switch distortion {
      case .brightness(let factor): parts.append("brightness \(rounded(Double(factor)))")
      case .contrast(let factor): parts.append("contrast \(rounded(Double(factor)))")
      case .saturation(let factor): parts.append("saturation \(rounded(Double(factor)))")
      case .hue(let turns): parts.append("hue \(Int((turns * 360).rounded()))°")
      }
    }
    return parts.isEmpty ? "unchanged" : parts.joined(separator: ", ")
  }
}
