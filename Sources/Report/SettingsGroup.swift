import Foundation

/// Names and values under a heading.
public struct SettingsGroup: Sendable, Hashable {
  /// The heading.
  public var title: String
  /// In the order in which they are shown.
  public var entries: [Entry]

  /// A name and a value, as they are shown.
  public struct Entry: Sendable, Hashable {
    /// In words.
    public var name: String
    /// In words or figures.
    public var value: String

    /// A name and its value.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// A group from its parts.
  public init(title: String, entries: [Entry]) {
    self.title = title
    self.entries = entries
  }
}

extension SettingsGroup {
  /// The members of a JSON object: what is plain in one group, and a group for every object inside.
  ///
  /// Names in camel case become words: `batchSize` is shown as “batch size”.
  /// - Returns: no group when the text is no JSON object.
  public static func groups(title: String, json: String) -> [SettingsGroup] {
    guard let object = try? JSONSerialization.jsonObject(with: Data(json.utf8)),
      let members = object as? [String: Any]
    else { return [] }
    return groups(title: title, members: members)
  }

  private static func groups(title: String, members: [String: Any]) -> [SettingsGroup] {
    var own = SettingsGroup(title: title, entries: [])
    var inner: [SettingsGroup] = []
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      let name = words(name)
      if let object = value as? [String: Any], !object.isEmpty {
        inner += groups(title: name, members: object)
      } else {
        own.entries.append(Entry(name, text(value)))
      }
    }
    return (own.entries.isEmpty ? [] : [own]) + inner
  }

  private static func text(_ value: Any) -> String {
    switch value {
    case let text as String: text
    case let list as [Any]: list.isEmpty ? "none" : list.map(text).joined(separator: ", ")
    case is NSNull: "none"
    case let number as NSNumber:
      // Six digits, since 0.9995 and 1 are not the same.
      isBoolean(number)
        ? (number.boolValue ? "yes" : "no") : String(format: "%.6g", number.doubleValue)
    default: "yes"
    }
  }

  private static func isBoolean(_ number: NSNumber) -> Bool {
    String(cString: number.objCType) == "c" || String(cString: number.objCType) == "B"
  }

  /// `warmUpIterations` → “warm up iterations”
  private static func words(_ name: String) -> String {
    var words = ""
    for letter in name {
      if letter.isUppercase, let last = words.last, !last.isUppercase { words += " " }
      words += letter.lowercased()
    }
    return words
  }
}
