/// The recipes that come with the program; the files beside this one are part of it.
public enum RecipeFiles {
  /// Their names and JSON texts.
  public static let all: [(name: String, bytes: [UInt8])] = [
    ("voc0712", PackageResources.voc0712_json),
    ("voc0712-ssd512", PackageResources.voc0712_ssd512_json),
    ("bccd", PackageResources.bccd_json),
    ("bccd-stem", PackageResources.bccd_stem_json),
    ("fod-a", PackageResources.fod_a_json),
    ("playing-cards", PackageResources.playing_cards_json),
    ("shapes", PackageResources.shapes_json),
  ]
}
