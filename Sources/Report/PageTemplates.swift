import Foundation
import Mustache

/// The templates, style sheet and script, which the compiler puts into the program.
enum PageTemplates {
  static let style = text(PackageResources.style_css)
  static let script = text(PackageResources.script_js)

  /// The page of a model whose properties have the names that the templates use.
  static func rendered(_ page: Any) -> String {
    // The templates are part of the program; that they parse is tested.
    library.render(page, withTemplate: "page") ?? ""
  }

  private static let library: MustacheLibrary = {
    MustacheContentTypes.register(MarkupText(), named: MarkupText.name)
    var library = MustacheLibrary()
    for (name, bytes) in [
      ("page", PackageResources.page_mustache), ("table", PackageResources.table_mustache),
      ("figure", PackageResources.figure_mustache),
    ] {
      do { try library.register(text(bytes), named: name) } catch {
        preconditionFailure("template \(name): \(error)")
      }
    }
    return library
  }()

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
