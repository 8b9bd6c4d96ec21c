/// A file format of pictures that is read and written here.
public enum ImageFormat: String, Hashable, Sendable, CaseIterable {
  case jpeg, png, webp

  /// The extensions of its files, lower case and without the dot, the usual one first.
  public var fileExtensions: [String] {
    switch self {
    case .jpeg: ["jpg", "jpeg", "jpe", "jfif"]
    case .png: ["png"]
    case .webp: ["webp"]
    }
  }

  /// The format an extension stands for, in any case and without the dot.
  public init?(fileExtension: String) {
    let lowercased = fileExtension.lowercased()
    guard let format = Self.allCases.first(where: { $0.fileExtensions.contains(lowercased) })
    else { return nil }
    self = format
  }
}

extension Image {
  /// The extensions, lower case and without the dot, of files that are worth opening as pictures.
  ///
  /// What a file holds is then told by its content alone.
  public static let fileExtensions: [String] = ImageFormat.allCases.flatMap(\.fileExtensions)

  /// More pixels than this a header may not claim, so that a few broken or hostile bytes cannot
  /// ask for the whole memory: 200 million, 600 MB.
  public static let maximumPixelCount = 200_000_000
}
