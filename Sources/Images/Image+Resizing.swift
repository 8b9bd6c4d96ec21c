extension Image {
  /// The picture in another size, stretched if the proportions differ.
  ///
  /// Bilinear, with pixel centres at half-integers. Where the picture shrinks, the triangle widens
  /// by the same factor, so that every source pixel counts (no aliasing): what Pillow's `BILINEAR`
  /// and torchvision's antialiased `resize` do, and what training does. Equal to Pillow 11 bit by
  /// bit: every row first, rounded to 8 bits, then every column, in fixed point. (Pillow 13 takes
  /// the two in the other order where that is faster; single samples then differ by 1.)
  ///
  /// - Precondition: both sides are at least 1.
  public func resized(width: Int, height: Int) -> Image {
    precondition(width > 0 && height > 0, "an image of \(width) x \(height) pixels")
    if width == self.width && height == self.height { return self }
    var image = self
    if width != self.width { image = image.resizedHorizontally(to: width) }
    if height != self.height { image = image.resizedVertically(to: height) }
    return image
  }

  private func resizedHorizontally(to width: Int) -> Image {
    let filter = ResizingFilter(from: self.width, to: width)
    let (sourceWidth, height) = (self.width, height)
    let result = [UInt8](unsafeUninitializedCapacity: width * height * 3) { output, count in
      pixels.withUnsafeBufferPointer { input in
        filter.weights.withUnsafeBufferPointer { weights in
          filter.taps.withUnsafeBufferPointer { taps in
            for y in 0..<height {
              let row = 3 * y * sourceWidth
              var target = 3 * y * width
              for tap in taps {
                var (red, green, blue) = (
                  ResizingFilter.half, ResizingFilter.half, ResizingFilter.half
                )
                var source = row + 3 * tap.first
                for index in tap.weights {
                  let weight = weights[index]
                  red &+= weight &* Int32(truncatingIfNeeded: input[source])
                  green &+= weight &* Int32(truncatingIfNeeded: input[source &+ 1])
                  blue &+= weight &* Int32(truncatingIfNeeded: input[source &+ 2])
                  source &+= 3
                }
                output.initializeElement(at: target, to: ResizingFilter.sample(red))
                output.initializeElement(at: target &+ 1, to: ResizingFilter.sample(green))
                output.initializeElement(at: target &+ 2, to: ResizingFilter.sample(blue))
                target &+= 3
              }
            }
          }
        }
      }
      count = width * height * 3
    }
    return Image(width: width, height: height, pixels: result)
  }

  private func resizedVertically(to height: Int) -> Image {
    let filter = ResizingFilter(from: self.height, to: height)
    let stride = 3 * width
    let result = [UInt8](unsafeUninitializedCapacity: stride * height) { output, count in
      pixels.withUnsafeBufferPointer { input in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: stride) { sums in
          for (y, tap) in filter.taps.enumerated() {
            sums.initialize(repeating: ResizingFilter.half)
            for (offset, weight) in filter.weights[tap.weights].enumerated() {
              let row = (tap.first + offset) * stride
              for x in 0..<stride {
                sums[x] &+= weight &* Int32(truncatingIfNeeded: input[row &+ x])
              }
            }
            let target = y * stride
            for x in 0..<stride {
              output.initializeElement(at: target &+ x, to: ResizingFilter.sample(sums[x]))
            }
          }
        }
      }
      count = stride * height
    }
    return Image(width: width, height: height, pixels: result)
  }
}

/// The weights of a triangle over one side of a picture, in fixed point.
private struct ResizingFilter {
  /// Fraction bits: a sum of weights times a sample, 255 * 2^22, stays below 2^31.
  private static let fractionBits: Int32 = 22

  /// What makes cutting off the fraction round to the nearest.
  static let half: Int32 = 1 << (fractionBits - 1)

  /// The source pixels one target pixel is the weighted mean of.
  struct Tap {
    var first: Int
    var weights: Range<Int>
  }

  var taps: [Tap] = []
  var weights: [Int32] = []

  init(from source: Int, to target: Int) {
    let scale = Double(source) / Double(target)
    let radius = max(scale, 1)
    for index in 0..<target {
      let center = (Double(index) + 0.5) * scale
      let first = max(0, Int(center - radius + 0.5))
      let end = min(source, Int(center + radius + 0.5))
      let heights = (first..<end).map { pixel in
        max(0, 1 - abs(Double(pixel) + 0.5 - center) * (1 / radius))
      }
      let sum = heights.reduce(0, +)
      let start = weights.count
      weights += heights.map { height in
        Int32(height / sum * Double(1 << Self.fractionBits) + 0.5)
      }
      taps.append(Tap(first: first, weights: start..<weights.count))
    }
  }

  static func sample(_ sum: Int32) -> UInt8 {
    UInt8(clamping: sum >> fractionBits)
  }
}
