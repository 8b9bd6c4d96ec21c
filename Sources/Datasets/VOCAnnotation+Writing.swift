import Foundation

extension VOCAnnotation {
  /// The annotation as a file of Pascal VOC's `Annotations`.
  /// - Parameter imageName: The picture's file, such as `000001.jpg`.
  public func xml(imageName: String) -> String {
    var lines = ["<annotation>", "  <filename>\(Self.escaped(imageName))</filename>"]
    if let size {
      lines += [
        "  <size>", "    <width>\(size.width)</width>", "    <height>\(size.height)</height>",
        "    <depth>3</depth>", "  </size>",
      ]
    }
    lines.append("  <segmented>0</segmented>")
    for object in objects {
      lines += [
        "  <object>", "    <name>\(Self.escaped(object.label))</name>",
        "    <difficult>\(object.isDifficult ? 1 : 0)</difficult>", "    <bndbox>",
      ]
      for (name, value) in [
        ("xmin", object.box.xMin), ("ymin", object.box.yMin), ("xmax", object.box.xMax),
        ("ymax", object.box.yMax),
      ] {
        let text = value == value.rounded() ? String(Int(value)) : String(value)
        lines.append("      <\(name)>\(text)</\(name)>")
      }
      lines += ["    </bndbox>", "  </object>"]
    }
    lines.append("</annotation>")
    return lines.map { $0 + "\n" }.joined()
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
