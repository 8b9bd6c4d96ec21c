import Images

/// Executes drawn augmentations: from the compressed or decoded picture to the network's input in
/// one resampling pass.
///
/// Only the pixels that the window shows are decoded, at a reduced size where the file format
/// allows it and the result loses nothing by it. They are resampled straight into the square
/// result, the colours changed on the way; what lies outside the picture gets the mean pixel,
/// which keeps its colour. In comparison with the tutorial, which changes the colours first and
/// crops afterwards, one thing differs: the mean grey that contrast turns around is that of the
/// part shown and not that of the whole picture.
///
/// A renderer keeps its memory from picture to picture, so each thread has its own.
public final class PictureRenderer {
  /// Width and height of the result.
  public let size: Int
  /// What shows where there is no picture.
  public let meanPixel: (red: UInt8, green: UInt8, blue: UInt8)
  /// How long compressed pictures have taken to decode so far.
  public private(set) var timeDecoding = Duration.zero
  private var decoded = ScratchMemory<UInt8>()
  private var column = ScratchMemory<Float>()
  private var row = ScratchMemory<PixelRow.Vector>()
  private var sample = ScratchMemory<PixelRow.Vector>()

  /// A renderer for a network's input of `size` x `size` pixels.
  public init(size: Int, meanPixel: (red: UInt8, green: UInt8, blue: UInt8)) {
    self.size = size
    self.meanPixel = meanPixel
  }

  /// Renders a decoded picture.
  ///
  /// - Parameters:
  ///   - image: The whole picture.
  ///   - parameters: Drawn for a picture of this size.
  ///   - output: `size * size * 3` samples, RGB.
  public func render(
    _ image: Image, _ parameters: AugmentationParameters,
    into output: UnsafeMutableBufferPointer<UInt8>
  ) {
    let plan = RenderingPlan(
      parameters, pictureWidth: image.width, pictureHeight: image.height, width: image.width,
      height: image.height, size: size)
    image.pixels.withUnsafeBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      let source = PixelSource(
        base: base + 3
          * (plan.rows.sources.lowerBound * image.width + plan.columns.sources.lowerBound),
        rowStride: 3 * image.width)
      render(source, plan, parameters.distortions, into: output)
    }
  }

  /// Renders a compressed picture.
  ///
  /// - Throws: `ImageError` naming the file when it cannot be decoded.
  public func render(
    _ encoded: EncodedImage, _ parameters: AugmentationParameters,
    into output: UnsafeMutableBufferPointer<UInt8>
  ) throws(ImageError) {
    // The decoded window shall have at least the pixels of the result.
    func minimum(_ length: Int, of window: Int) -> Int {
      (length * size + window - 1) / window
    }
    let minimumSize = (
      width: minimum(encoded.width, of: parameters.window.width),
      height: minimum(encoded.height, of: parameters.window.height)
    )
    let decodedSize = encoded.decodedSize(minimumSize: minimumSize)
    let plan = RenderingPlan(
      parameters, pictureWidth: encoded.width, pictureHeight: encoded.height,
      width: decodedSize.width, height: decodedSize.height, size: size)
    guard !plan.isEmpty else { return fill(output) }
    let region = PixelRegion(
      left: plan.columns.sources.lowerBound, top: plan.rows.sources.lowerBound,
      width: plan.columns.sources.count, height: plan.rows.sources.count)
    let pixels = decoded.reserve(region.width * region.height * 3)
    let start = ContinuousClock.now
    try encoded.decode(into: pixels, minimumSize: minimumSize, region: region)
    timeDecoding += ContinuousClock.now - start
    guard let base = pixels.baseAddress else { return }
    render(
      PixelSource(base: base, rowStride: 3 * region.width), plan, parameters.distortions,
      into: output)
  }

  private func fill(_ output: UnsafeMutableBufferPointer<UInt8>) {
    for pixel in 0..<size * size {
      output[3 * pixel] = meanPixel.red
      output[3 * pixel + 1] = meanPixel.green
      output[3 * pixel + 2] = meanPixel.blue
    }
  }

  private func render(
    _ source: PixelSource, _ plan: RenderingPlan, _ distortions: [PhotometricDistortion],
    into output: UnsafeMutableBufferPointer<UInt8>
  ) {
    precondition(output.count == size * size * 3, "the output has the wrong size")
    if !plan.isFull { fill(output) }
    guard !plan.isEmpty, let outputBase = output.baseAddress else { return }

    let columns = plan.columns
    let rows = plan.rows
    let meanGreys = meanGreys(of: source, plan, before: distortions)
    // One float more than the row has, since pixels are read four floats at a time.
    let sampleCount = 3 * columns.sources.count
    guard let columnBase = column.reserve(sampleCount + 8).baseAddress else { return }
    let vectors = PixelRow.vectors(for: columns.targets.count)
    guard let rowBase = row.reserve(4 * vectors).baseAddress else { return }
    let pixels = PixelRow(
      red: rowBase, green: rowBase + vectors, blue: rowBase + 2 * vectors, count: vectors)
    let columnCoverage = UnsafeMutableRawPointer(rowBase + 3 * vectors)
      .assumingMemoryBound(to: Float.self)
    for (index, coverage) in columns.coverage.enumerated() { columnCoverage[index] = coverage }
    let hasPartialColumns = columns.hasPartialCoverage

    for (index, target) in rows.targets.enumerated() {
      mixRows(source, rows, index, into: columnBase, count: sampleCount)
      mixColumns(columnBase, columns, into: pixels)
      for (distortion, meanGrey) in zip(distortions, meanGreys) {
        distortion.apply(to: pixels, meanGrey: meanGrey)
      }
      let coverage = rows.coverage[index]
      if hasPartialColumns || coverage < 0.9999 {
        blend(pixels, rowCoverage: coverage, columnCoverage: rowBase + 3 * vectors)
      }
      store(
        pixels, count: columns.targets.count,
        at: outputBase + 3 * (target * size + columns.targets.lowerBound))
    }
  }

  /// The weighted mean of the source rows that one target row takes.
  private func mixRows(
    _ source: PixelSource, _ taps: ResamplingTaps, _ index: Int,
    into target: UnsafeMutablePointer<Float>, count: Int
  ) {
    let length = taps.length
    let first = source.base + taps.first[index] * source.rowStride
    taps.weights.withUnsafeBufferPointer { all in
      let weights = UnsafeBufferPointer(rebasing: all[index * length..<(index + 1) * length])
      var tap = 0
      if length > 1 {
        let (upper, lower) = (first, first + source.rowStride)
        let (upperWeight, lowerWeight) = (weights[0], weights[1])
        for x in 0..<count {
          target[x] = Float(upper[x]) * upperWeight + Float(lower[x]) * lowerWeight
        }
        tap = 2
      } else {
        let weight = weights[0]
        for x in 0..<count { target[x] = Float(first[x]) * weight }
        tap = 1
      }
      while tap + 1 < length {
        let upper = first + tap * source.rowStride
        let lower = upper + source.rowStride
        let (upperWeight, lowerWeight) = (weights[tap], weights[tap + 1])
        for x in 0..<count {
          target[x] += Float(upper[x]) * upperWeight + Float(lower[x]) * lowerWeight
        }
        tap += 2
      }
      if tap < length, weights[tap] != 0 {
        let upper = first + tap * source.rowStride
        let weight = weights[tap]
        for x in 0..<count { target[x] += Float(upper[x]) * weight }
      }
    }
  }

  /// The weighted means of the mixed row's pixels, their channels taken apart.
  private func mixColumns(
    _ source: UnsafePointer<Float>, _ taps: ResamplingTaps, into target: PixelRow
  ) {
    let length = taps.length
    let red = UnsafeMutableRawPointer(target.red).assumingMemoryBound(to: Float.self)
    let green = UnsafeMutableRawPointer(target.green).assumingMemoryBound(to: Float.self)
    let blue = UnsafeMutableRawPointer(target.blue).assumingMemoryBound(to: Float.self)
    taps.first.withUnsafeBufferPointer { first in
      taps.weights.withUnsafeBufferPointer { weights in
        var tap = 0
        for index in 0..<first.count {
          var pixel = UnsafeRawPointer(source + 3 * first[index])
          var sum = SIMD4<Float>.zero
          for _ in 0..<length {
            sum += pixel.loadUnaligned(as: SIMD4<Float>.self) * weights[tap]
            pixel += 3 * MemoryLayout<Float>.stride
            tap &+= 1
          }
          red[index] = sum.x
          green[index] = sum.y
          blue[index] = sum.z
        }
      }
    }
  }

  /// Lets the mean pixel shine through where a pixel lies across the picture's edge.
  private func blend(
    _ row: PixelRow, rowCoverage: Float, columnCoverage: UnsafePointer<PixelRow.Vector>
  ) {
    let mean = (Float(meanPixel.red), Float(meanPixel.green), Float(meanPixel.blue))
    for index in 0..<row.count {
      let coverage = columnCoverage[index] * rowCoverage
      row.red[index] = mean.0 + (row.red[index] - mean.0) * coverage
      row.green[index] = mean.1 + (row.green[index] - mean.1) * coverage
      row.blue[index] = mean.2 + (row.blue[index] - mean.2) * coverage
    }
  }

  private func store(_ row: PixelRow, count: Int, at output: UnsafeMutablePointer<UInt8>) {
    /// Adding 2^23 leaves the nearest whole number in the lowest bits of a float.
    @inline(__always)
    func bytes(_ vector: PixelRow.Vector) -> SIMD8<UInt32> {
      unsafeBitCast(vector + 8_388_608, to: SIMD8<UInt32>.self) & 0xFF
    }
    var target = UnsafeMutableRawPointer(output)
    for vector in 0..<row.count {
      let packed =
        bytes(row.red[vector]) | (bytes(row.green[vector]) &<< 8)
        | (bytes(row.blue[vector]) &<< 16)
      for lane in 0..<min(8, count - 8 * vector) {
        let pixel = packed[lane]
        target.storeBytes(of: UInt16(truncatingIfNeeded: pixel), as: UInt16.self)
        target.storeBytes(
          of: UInt8(truncatingIfNeeded: pixel >> 16), toByteOffset: 2, as: UInt8.self)
        target += 3
      }
    }
  }

  /// For each distortion the mean grey of the picture as the ones before have left it, from some
  /// thousand pixels spread over the part shown. Zeros where none of them asks for it.
  private func meanGreys(
    of source: PixelSource, _ plan: RenderingPlan, before distortions: [PhotometricDistortion]
  ) -> [Float] {
    var result = [Float](repeating: 0, count: distortions.count)
    let contrast = distortions.firstIndex {
      if case .contrast = $0 { true } else { false }
    }
    guard let contrast else { return result }
    let (width, height) = (plan.columns.sources.count, plan.rows.sources.count)
    let (across, down) = (min(64, width), min(64, height))
    let vectors = PixelRow.vectors(for: across)
    guard let base = sample.reserve(3 * vectors).baseAddress else { return result }
    let row = PixelRow(red: base, green: base + vectors, blue: base + 2 * vectors, count: vectors)
    let red = UnsafeMutableRawPointer(row.red).assumingMemoryBound(to: Float.self)
    let green = UnsafeMutableRawPointer(row.green).assumingMemoryBound(to: Float.self)
    let blue = UnsafeMutableRawPointer(row.blue).assumingMemoryBound(to: Float.self)
    var sum = 0.0
    for y in 0..<down {
      let line = source.base + (y * height / down) * source.rowStride
      for x in 0..<across {
        let pixel = line + 3 * (x * width / across)
        red[x] = Float(pixel[0])
        green[x] = Float(pixel[1])
        blue[x] = Float(pixel[2])
      }
      for distortion in distortions[..<contrast] { distortion.apply(to: row, meanGrey: 0) }
      for x in 0..<across {
        sum += Double(0.299 * red[x] + 0.587 * green[x] + 0.114 * blue[x])
      }
    }
    result[contrast] = Float(sum / Double(across * down))
    return result
  }
}

/// The pixels that a plan's ranges begin at.
private struct PixelSource {
  var base: UnsafePointer<UInt8>
  /// Samples from one row to the next.
  var rowStride: Int
}

/// Where every pixel of the result comes from.
private struct RenderingPlan {
  var columns: ResamplingTaps
  var rows: ResamplingTaps
  let size: Int

  /// - Parameters:
  ///   - pictureWidth: The size that the parameters were drawn for.
  ///   - width: The size of the decoded picture.
  init(
    _ parameters: AugmentationParameters, pictureWidth: Int, pictureHeight: Int, width: Int,
    height: Int, size: Int
  ) {
    let window = parameters.window
    let x = Double(width) / Double(pictureWidth)
    let y = Double(height) / Double(pictureHeight)
    columns = ResamplingTaps(
      start: Double(window.left) * x, extent: Double(window.width) * x, limit: width, target: size,
      isReversed: parameters.isMirrored)
    rows = ResamplingTaps(
      start: Double(window.top) * y, extent: Double(window.height) * y, limit: height,
      target: size, isReversed: parameters.isFlippedVertically)
    self.size = size
  }

  /// Whether nothing of the picture shows.
  var isEmpty: Bool { columns.targets.isEmpty || rows.targets.isEmpty }
  /// Whether the picture shows everywhere.
  var isFull: Bool { columns.targets == 0..<size && rows.targets == 0..<size }
}

/// Memory that grows to the largest size asked for and is kept.
private struct ScratchMemory<Element: BitwiseCopyable>: ~Copyable {
  private var buffer = UnsafeMutableBufferPointer<Element>(start: nil, count: 0)

  /// Room for `count` elements, zeroed when new; what was there before may be lost.
  mutating func reserve(_ count: Int) -> UnsafeMutableBufferPointer<Element> {
    if buffer.count < count {
      buffer.deallocate()
      buffer = .allocate(capacity: count)
      UnsafeMutableRawBufferPointer(buffer).initializeMemory(as: UInt8.self, repeating: 0)
    }
    return UnsafeMutableBufferPointer(rebasing: buffer[0..<count])
  }

  deinit { buffer.deallocate() }
}
