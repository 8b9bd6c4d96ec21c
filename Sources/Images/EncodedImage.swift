import CImages
import Foundation

/// A compressed picture of which only the header has been read: what a loader holds on to until it
/// knows how large the picture is needed, and then decodes into memory of its own.
///
/// All sizes and regions are those of the upright picture, with the EXIF orientation applied.
public struct EncodedImage: Sendable {
  /// The compressed bytes.
  public let data: Data

  /// The format, told by the content.
  public var format: ImageFormat { header.format }

  /// Columns of the picture at full size.
  public var width: Int { header.size.width }

  /// Rows of the picture at full size.
  public var height: Int { header.size.height }

  let file: String?
  let header: ImageHeader

  /// Reads a file and its header.
  ///
  /// - Throws: `ImageError` naming the file.
  public init(contentsOf url: URL) throws(ImageError) {
    let data = try Self.read(url)
    self.data = data
    file = url.path
    header = try naming(url) { () throws(ImageError) in try Self.header(of: data) }
  }

  /// Reads the header of a compressed picture (JPEG, PNG or WebP) in memory.
  ///
  /// - Parameter data: `Data`, which is shared, or `[UInt8]` or another run of bytes, which is copied.
  /// - Throws: `ImageError`.
  public init(data: some ContiguousBytes) throws(ImageError) {
    let data = data as? Data ?? data.withUnsafeBytes { Data($0) }
    self.data = data
    file = nil
    header = try Self.header(of: data)
  }

  /// The size in which a picture is decoded that has to be at least `minimumSize` on both sides.
  ///
  /// A JPEG picture can be halved up to three times while it is decoded; the others always come at
  /// full size. Each side is rounded up.
  public func decodedSize(
    minimumSize: (width: Int, height: Int)?
  ) -> (width: Int, height: Int) {
    header.size(reducedBy: header.reduction(for: minimumSize))
  }

  /// Decodes the picture, or a rectangle of it, into memory that the caller owns.
  ///
  /// - Parameters:
  ///   - target: room for three samples (red, green, blue) a pixel, rows from top to bottom
  ///     without gaps. Filled completely.
  ///   - minimumSize: allows the picture to be reduced as long as it is not smaller than this; see
  ///     ``decodedSize(minimumSize:)``.
  ///   - region: the rectangle to decode, in pixels of the decoded size; nil for all of it. Its
  ///     pixels equal those of the whole picture. In a JPEG, what lies outside is largely skipped.
  /// - Throws: `ImageError`; the content of `target` is then undefined.
  /// - Precondition: `target` has exactly the size needed and `region` lies inside the picture.
  public func decode(
    into target: UnsafeMutableBufferPointer<UInt8>, minimumSize: (width: Int, height: Int)? = nil,
    region: PixelRegion? = nil
  ) throws(ImageError) {
    let reduction = header.reduction(for: minimumSize)
    let size = header.size(reducedBy: reduction)
    let region =
      region ?? PixelRegion(left: 0, top: 0, width: size.width, height: size.height)
    do {
      let header = header
      try data.withImageBytes { bytes throws(ImageError) in
        try header.decode(bytes, into: target, reduction: reduction, region: region)
      }
    } catch {
      throw ImageError(file: file, reason: error.reason)
    }
  }

  private static func header(of data: Data) throws(ImageError) -> ImageHeader {
    try data.withImageBytes { bytes throws(ImageError) in try ImageHeader(whole: bytes) }
  }

  static func read(_ url: URL) throws(ImageError) -> Data {
    do {
      return try Data(contentsOf: url)
    } catch {
      throw ImageError(file: url.path, reason: .unreadable(reason(error, file: url.path)))
    }
  }
}

extension EncodedImage {
  /// Why a file cannot be read, in words.
  private static func reason(_ error: any Error, file: String) -> String {
    var status = stat()
    guard stat(file, &status) == 0 else { return "there is no such file" }
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      let system = (error as? CocoaError)?.underlying as? POSIXError
      return system.map { String(cString: strerror($0.code.rawValue)) }
        ?? error.localizedDescription
    case S_IFDIR: return "it is a folder"
    default: return "it is no file, but a device or a pipe"
    }
  }
}

extension ContiguousBytes {
  /// `withUnsafeBytes` with the type of the error kept.
  func withImageBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(ImageError) -> Result
  ) throws(ImageError) -> Result {
    let result = withUnsafeBytes { bytes -> Swift.Result<Result, ImageError> in
      do throws(ImageError) {
        return .success(try body(bytes))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
