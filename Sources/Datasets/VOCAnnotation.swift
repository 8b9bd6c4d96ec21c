import Foundation
import MultiBox

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// One file of Pascal VOC's `Annotations`.
public struct VOCAnnotation: Hashable, Sendable {
  /// The picture's size, or nil when the file does not tell a usable one.
  public var size: PixelSize?
  /// The objects, their boxes in pixels as the file gives them (``PixelConvention/fromOne``).
  /// Boxes of an object's parts are left out.
  public var objects: [AnnotatedObject]

  /// An annotation from its parts.
  public init(size: PixelSize?, objects: [AnnotatedObject]) {
    self.size = size
    self.objects = objects
  }

  /// Reads a file.
  ///
  /// A missing `<difficult>` means 0, numbers may have decimals, and what else a file holds is
  /// passed over.
  /// - Throws: ``DatasetProblem`` when the file is missing, is no XML, or an object lacks its name
  ///   or box.
  public init(contentsOf file: URL) throws(DatasetProblem) {
    guard let data = try? Data(contentsOf: file) else {
      throw DatasetProblem(file: file, kind: .missingAnnotation)
    }
    try self.init(data: data, file: file)
  }

  /// Reads the bytes of a file; `file` is named in errors.
  /// - Throws: ``DatasetProblem``.
  public init(data: Data, file: URL) throws(DatasetProblem) {
    guard !data.isEmpty else {
      throw DatasetProblem(file: file, kind: .invalidAnnotation("the file is empty"))
    }
    let reader = VOCAnnotationReader()
    let parser = XMLParser(data: data)
    parser.delegate = reader
    let isWellFormed = parser.parse()
    if let problem = reader.problem {
      throw DatasetProblem(
        file: file, object: problem.object, kind: .invalidAnnotation(problem.text))
    }
    // A file that just ends is no error to FoundationXML.
    guard isWellFormed, reader.isClosed else {
      throw DatasetProblem(
        file: file, kind: .invalidAnnotation("this is not XML (line \(parser.lineNumber))"))
    }
    guard reader.sawRoot else {
      throw DatasetProblem(
        file: file, kind: .invalidAnnotation("the XML holds no <annotation> element"))
    }
    self.init(size: reader.size, objects: reader.objects)
  }
}

/// Collects what lies at the paths that matter; everything deeper or elsewhere, such as the boxes
/// of an object's `<part>`, is passed over.
private final class VOCAnnotationReader: NSObject, XMLParserDelegate {
  var objects: [AnnotatedObject] = []
  var problem: (object: AnnotatedObject?, text: String)?
  var sawRoot = false
  var isClosed: Bool { path.isEmpty }
  var size: PixelSize? {
    guard let width, let height, width > 0, height > 0 else { return nil }
    return PixelSize(width: width, height: height)
  }

  private var path: [String] = []
  private var text = ""
  private var width: Int?
  private var height: Int?
  private var fields: [String: String] = [:]

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    if path.isEmpty { sawRoot = name == "annotation" }
    path.append(name)
    text = ""
    if path == ["annotation", "object"] { fields = [:] }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    defer {
      path.removeLast()
      text = ""
    }
    guard sawRoot, path.count > 1 else { return }
    let value = text.trimmingCharacters(in: .whitespacesAndNewlines)
    switch (path[1], path.count) {
    case ("size", 3):
      if name == "width" { width = Double(value).flatMap { Int(exactly: $0.rounded()) } }
      if name == "height" { height = Double(value).flatMap { Int(exactly: $0.rounded()) } }
    case ("object", 3) where name == "name" || name == "difficult":
      fields[name] = value
    case ("object", 4) where path[2] == "bndbox":
      fields[name] = value
    case ("object", 2):
      finishObject(parser)
    default:
      break
    }
  }

  private func finishObject(_ parser: XMLParser) {
    let number = objects.count + 1
    var object = AnnotatedObject(
      label: fields["name"] ?? "", box: BoundingBox(xMin: 0, yMin: 0, xMax: 0, yMax: 0),
      isDifficult: fields["difficult"].flatMap { Double($0) }.map { $0 != 0 } ?? false,
      number: number)
    func fail(_ text: String) {
      if problem == nil { problem = (object, text) }
      parser.abortParsing()
    }
    guard !object.label.isEmpty else { return fail("the object has no <name>") }
    func coordinate(_ name: String) -> Float? {
      fields[name].flatMap { Float($0) }.flatMap { $0.isFinite ? $0 : nil }
    }
    for name in ["xmin", "ymin", "xmax", "ymax"] where coordinate(name) == nil {
      return fail(
        fields[name].map { "<\(name)> is `\($0)`, which is not a number" }
          ?? "the box has no <\(name)>")
    }
    object.box = BoundingBox(
      xMin: coordinate("xmin") ?? 0, yMin: coordinate("ymin") ?? 0,
      xMax: coordinate("xmax") ?? 0, yMax: coordinate("ymax") ?? 0)
    objects.append(object)
  }
}
