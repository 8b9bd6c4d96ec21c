import ArgumentParser
import Datasets
import Foundation

struct DataListsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lists",
    abstract: "Write the JSON lists that the PyTorch tutorial's scripts read.",
    discussion: """
      TRAIN_images.json, TRAIN_objects.json, TEST_images.json, TEST_objects.json and \
      label_map.json. `ssd train` and `ssd evaluate` accept the folder in place of a VOC folder.
      """)

  @Argument(help: "The training data. \(DataSelection.help.abstract)")
  var train: String

  @Argument(help: "The test data (default: the list test, or val, of the same folders).")
  var test: String?

  @Option(name: .shortAndLong, help: "The folder for the lists.")
  var output = "."

  func run() throws {
    let selection = try DataSelection(train, for: .training)
    let trainData = try selection.dataset()
    let testData = try (test.map { try DataSelection($0, for: .scoring) } ?? selection.heldOut)?
      .dataset(classes: trainData.classes)
    let folder = URL(filePath: output)
    try TutorialLists.write(train: trainData, test: testData, to: folder)
    print(
      """
      \(trainData.count) training and \(testData?.count ?? 0) test images, \
      \(trainData.classes.count) classes -> \(folder.relativePath)
      """)
  }
}
