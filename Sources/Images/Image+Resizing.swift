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
    let result = [UInt8](unsafeUninitializedCapacity: width * height * 3) { target, count in
      count = width * height * 3
      resize(
        width: width, height: height,
        into: UnsafeMutableBufferPointer(rebasing: target[..<count]))
    }
    return Image(width: width, height: height, pixels: result)
  }

  /// Writes the picture in another size, as ``resized(width:height:)`` makes it, into memory that the
  /// caller owns.
  ///
  /// - Parameter target: room for exactly `width * height * 3` samples.
  public func resize(width: Int, height: Int, into target: UnsafeMutableBufferPointer<UInt8>) {
    pixels.withUnsafeBufferPointer { source in
      PixelRows(samples: source, width: self.width, height: self.height)
        .resize(width: width, height: height, into: target)
    }
  }
}

/// The samples of a picture in memory, three a pixel, row by row.
struct PixelRows {
  let samples: UnsafeBufferPointer<UInt8>
  let width: Int
  let height: Int

  /// Writes the picture in another size; see ``Image/resized(width:height:)``.
  func resize(width: Int, height: Int, into target: UnsafeMutableBufferPointer<UInt8>) {
    precondition(
      target.count == width * height * 3,
      "memory for \(target.count) samples, where \(width) x \(height) pixels need "
        + "\(width * height * 3)")
    if width == self.width && height == self.height {
      _ = target.update(fromContentsOf: samples)
      return
    }
    guard width != self.width else { return resizeColumns(to: height, into: target) }
    guard height != self.height else { return resizeRows(to: width, into: target) }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: width * self.height * 3) { narrowed in
      resizeRows(to: width, into: narrowed)
      PixelRows(samples: UnsafeBufferPointer(narrowed), width: width, height: self.height)
        .resizeColumns(to: height, into: target)
    }
  }

  private func resizeRows(to width: Int, into output: UnsafeMutableBufferPointer<UInt8>) {
    let filter = ResizingFilter(from: self.width, to: width)
    let rowSize = 3 * self.width
    guard let input = samples.baseAddress, let output = output.baseAddress else { return }
    // Four samples are read for a pixel's three: the last row is read from where one may be added.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: rowSize + 1) { last in
      guard let last = last.baseAddress else { return }
      last.initialize(repeating: 0, count: rowSize + 1)
      last.update(from: input + (height - 1) * rowSize, count: rowSize)
      filter.weights.withUnsafeBufferPointer { weights in
        for y in 0..<height {
          let row = UnsafeRawPointer(y == height - 1 ? UnsafePointer(last) : input + y * rowSize)
          var target = output + 3 * y * width
          for tap in filter.taps {
            var sums = SIMD4(repeating: ResizingFilter.half)
            var source = row + 3 * tap.first
            for index in tap.weights {
              let pixel = unsafeBitCast(
                source.loadUnaligned(as: UInt32.self), to: SIMD4<UInt8>.self)
              sums &+= SIMD4(truncatingIfNeeded: pixel) &* weights[index]
              source += 3
            }
            let pixel = ResizingFilter.samples(sums)
            target[0] = pixel.x
            target[1] = pixel.y
            target[2] = pixel.z
            target += 3
          }
        }
      }
    }
  }

  private func resizeColumns(to height: Int, into output: UnsafeMutableBufferPointer<UInt8>) {
    let filter = ResizingFilter(from: self.height, to: height)
    let stride = 3 * width
    guard let input = samples.baseAddress, let output = output.baseAddress else { return }
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: stride) { sums in
      for (y, tap) in filter.taps.enumerated() {
        sums.initialize(repeating: ResizingFilter.half)
        for (offset, weight) in filter.weights[tap.weights].enumerated() {
          let row = input + (tap.first + offset) * stride
          for x in 0..<stride { sums[x] &+= weight &* Int32(truncatingIfNeeded: row[x]) }
        }
        let target = output + y * stride
        for x in 0..<stride { target[x] = ResizingFilter.sample(sums[x]) }
      }
    }
  }
}
