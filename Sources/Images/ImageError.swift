import Foundation

/// Why a picture could not be read or written.
public struct ImageError: Error, Hashable, Sendable, CustomStringConvertible, LocalizedError {
  /// The file at fault; nil for a picture that lies in memory.
  public var file: String?

  /// What is wrong.
  public var reason: Reason

  /// The kinds of trouble with pictures.
  public enum Reason: Hashable, Sendable {
    /// The file does not exist or cannot be read; with the system's words.
    case unreadable(String)
    /// There is not a single byte.
    case empty
    /// The content is none of JPEG, PNG and WebP.
    case unknownFormat
    /// The data ends before the picture does.
    case truncated
    /// The data contradicts its format; with the decoder's words.
    case broken(String)
    /// A legal file of a kind that is not read.
    case unsupported(String)
    /// The header claims more pixels than ``Image/maximumPixelCount`` allows.
    case tooLarge(width: Int, height: Int)
    /// There is not enough memory for the picture.
    case outOfMemory
    /// The extension of the file to write names no format that is written here.
    case unknownExtension(String, supported: [String])
    /// The picture cannot be encoded or the file not written; with the system's words.
    case unwritable(String)
    /// Cairo and Pango, which draw, are not there or cannot be opened; with the loader's words.
    case drawingUnavailable(String)
  }

  /// An error about a file or, without one, about a picture in memory.
  public init(file: String?, reason: Reason) {
    self.file = file
    self.reason = reason
  }

  /// One sentence: which picture, what is wrong and what to do.
  public var description: String {
    let name = file ?? "picture in memory"
    return switch reason {
    case .unreadable(let text): "\(name): cannot be read: \(text)"
    case .empty: "\(name): is empty"
    case .unknownFormat: "\(name): is not a JPEG, PNG or WebP picture"
    case .truncated: "\(name): is truncated: the data ends before the picture does"
    case .broken(let text): "\(name): is broken: \(text)"
    case .unsupported(let text): "\(name): is not supported: \(text)"
    case .tooLarge(let width, let height):
      "\(name): claims to be \(width) x \(height) pixels; at most \(Image.maximumPixelCount) "
        + "pixels are read. Shrink the picture first"
    case .outOfMemory: "\(name): does not fit into memory"
    case .unknownExtension(let found, let supported):
      "\(name): "
        + (found.isEmpty ? "has no extension" : "no picture format ends in “.\(found)”")
        + "; use one of \(supported.map { "." + $0 }.joined(separator: ", "))"
    case .unwritable(let text): "\(name): cannot be written: \(text)"
    case .drawingUnavailable(let text):
      "drawing needs Cairo and Pango, which Debian has in libpangocairo-1.0-0: \(text)"
    }
  }

  /// The same text for interfaces that ask Foundation.
  public var errorDescription: String? { description }
}

/// Runs `body` and says of an error without a file that it is about this one.
func naming<Result>(_ file: URL, _ body: () throws(ImageError) -> Result) throws(ImageError)
  -> Result
{
  do {
    return try body()
  } catch {
    throw ImageError(file: error.file ?? file.path, reason: error.reason)
  }
}
