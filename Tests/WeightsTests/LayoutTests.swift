import Foundation
import MultiBox
import TestSupport
import Testing
import Weights

/// Files that have the names and shapes of real ones, and zeros that take no room on the disk.
private func hollowFile(
  _ tensors: [(name: String, shape: [Int])], metadata: [String: String] = [:], in folder: URL
) throws -> URL {
  let url = folder.appending(path: "hollow.safetensors")
  var members: [String] = []
  if !metadata.isEmpty {
    let texts = try metadata.map {
      let value = try JSONEncoder().encode([$0.value])
      return "\"\($0.key)\":\(String(decoding: value, as: UTF8.self).dropFirst().dropLast())"
    }
    members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
  }
  var offset = 0
  for (name, shape) in tensors {
    let end = offset + 4 * shape.reduce(1, *)
    members.append(
      "\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[\(offset),\(end)]}")
    offset = end
  }
  let header = Array("{\(members.joined(separator: ","))}".utf8)
  try Data(littleEndian(UInt64(header.count)) + header).write(to: url)
  let file = try FileHandle(forWritingTo: url)
  try file.truncate(atOffset: UInt64(8 + header.count + offset))
  try file.close()
  return url
}

private let vggPositions = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]

/// conv1_1 to conv5_3 under names made of their positions.
private func vggConvolutions(_ name: (Int) -> String) -> [(name: String, shape: [Int])] {
  let shapes = BaseNetwork.vgg16(VGG16()).parameterShapes(imageSize: 300).map(\.shape)
  return vggPositions.enumerated().flatMap { index, position in
    [
      (name(position) + ".weight", shapes[2 * index]),
      (name(position) + ".bias", shapes[2 * index + 1]),
    ]
  }
}

@Suite("Layouts of checkpoints")
struct LayoutTests {
  @Test("timm's VGG-16 is recognised and decimated")
  func timm() throws {
    try withTemporaryFolder { folder in
      let url = try hollowFile(
        vggConvolutions { "features.\($0)" } + [
          ("pre_logits.fc1.weight", [4096, 512, 7, 7]), ("pre_logits.fc1.bias", [4096]),
          ("pre_logits.fc2.weight", [4096, 4096, 1, 1]), ("pre_logits.fc2.bias", [4096]),
          ("head.fc.weight", [1000, 4096]), ("head.fc.bias", [1000]),
        ], in: folder)
      let base = try ImportedBase(contentsOf: url)
      #expect(base.layout == .timmVGG)
      #expect(base.normalization == .imageNet)
      #expect(try base.floats("base.conv6.bias").count == 1024)
      #expect(try base.tensor("base.conv7.weight").shape == [1024, 1024, 1, 1])
    }
  }

  @Test("a VGG-16 that is reduced already is taken as it is")
  func reduced() throws {
    try withTemporaryFolder { folder in
      let url = try hollowFile(
        vggConvolutions { "\($0)" } + [
          ("31.weight", [1024, 512, 3, 3]), ("31.bias", [1024]),
          ("33.weight", [1024, 1024, 1, 1]), ("33.bias", [1024]),
        ], in: folder)
      let base = try ImportedBase(contentsOf: url)
      #expect(base.layout == .reducedVGG)
      #expect(base.normalization == .caffe)
      #expect(base.names.count == 30)
    }
  }

  @Test("torchvision's VGG-16 with batch normalisation is recognised")
  func normalized() throws {
    let convolutions = [0, 3, 7, 10, 14, 17, 20, 24, 27, 30, 34, 37, 40]
    let shapes = BaseNetwork.vgg16(VGG16()).parameterShapes(imageSize: 300).map(\.shape)
    try withTemporaryFolder { folder in
      var tensors: [(name: String, shape: [Int])] = [
        ("classifier.0.weight", [4096, 25088]), ("classifier.0.bias", [4096]),
        ("classifier.3.weight", [4096, 4096]), ("classifier.3.bias", [4096]),
        ("classifier.6.weight", [1000, 4096]), ("classifier.6.bias", [1000]),
      ]
      for (index, position) in convolutions.enumerated() {
        let channels = shapes[2 * index + 1]
        tensors += [
          ("features.\(position).weight", shapes[2 * index]),
          ("features.\(position).bias", channels),
        ]
        for part in ["weight", "bias", "running_mean", "running_var"] {
          tensors.append(("features.\(position + 1).\(part)", channels))
        }
        tensors.append(("features.\(position + 1).num_batches_tracked", []))
      }
      let base = try ImportedBase(contentsOf: hollowFile(tensors, in: folder))
      #expect(base.layout == .torchvisionVGG)
      #expect(base.base == SSDConfiguration.ssd300Normalized(classes: .voc).base)
      #expect(base.contains("base.bn5_3.running_var") && !base.contains("base.bn6.weight"))
      #expect(try base.tensor("base.conv6.weight").shape == [1024, 512, 3, 3])
      #expect(base.layers(fitting: base.base).count == 15)
      let copy = folder.appending(path: "copy.safetensors")
      try base.write(to: copy)
      #expect(try ImportedBase(contentsOf: copy).names == base.names)
    }
  }

  @Test("the first layers of a base are a base to start from")
  func stem() throws {
    try withTemporaryFolder { folder in
      let first = BaseNetwork.vgg16(VGG16()).parameterShapes(imageSize: 300).prefix(8)
      let base = try ImportedBase(contentsOf: hollowFile(Array(first), in: folder))
      #expect(base.layout == .swiftBase)
      #expect(base.names == first.map(\.name))
      #expect(base.notes.contains { $0.contains("conv1_1 to conv2_2") })
      let stem = SSDConfiguration.ssd300Stem(classes: .voc).base
      #expect(base.layers(fitting: stem) == ["conv1_1", "conv1_2", "conv2_1", "conv2_2"])
      #expect(base.layers(fitting: SSDConfiguration.ssd300Small(classes: .voc).base).isEmpty)
      // A gap is no base.
      let gap = first.filter { !$0.name.hasPrefix("base.conv2_1") }
      #expect(throws: WeightMismatch.self) {
        try ImportedBase(contentsOf: hollowFile(Array(gap), in: folder))
      }
    }
  }

  @Test("our own file brings its configuration", arguments: SSDConfiguration.presetNames)
  func own(preset: String) throws {
    let configuration = try #require(SSDConfiguration.preset(named: preset, classes: .voc))
    let json = String(decoding: try JSONEncoder().encode(configuration), as: UTF8.self)
    try withTemporaryFolder { folder in
      let url = try hollowFile(
        configuration.parameterShapes.map { ("momentum." + $0.name, $0.shape) }
          + configuration.parameterShapes, metadata: ["configuration": json], in: folder)
      let model = try ImportedModel(contentsOf: url)
      #expect(model.layout == .swiftSSD)
      #expect(model.configuration == configuration)
      #expect(model.names == configuration.parameterShapes.map(\.name))
      #expect(
        try ImportedBase(contentsOf: url).names
          == configuration.base.parameterShapes(imageSize: 300).map(\.name))
    }
  }

  @Test("batch normalisations have the names that PyTorch gives them")
  func batchNormalization() {
    let names = Set(SSDConfiguration.ssd300Tiny(classes: .voc).parameterShapes.map(\.name))
    for name in [
      "base.bn1_1.weight", "base.bn5_3.running_mean", "base.bn6.bias", "base.bn7.running_var",
      "aux_convs.bn8_1.weight", "aux_convs.bn11_2.running_var",
    ] {
      #expect(names.contains(name))
    }
    #expect(!names.contains { $0.hasPrefix("pred_convs.bn") })
  }

  @Test("the parameters of SSD300 are those of the reference, in its order")
  func parameterShapes() throws {
    struct Parameter: Decodable {
      var name: String
      var shape: [Int]
    }
    let golden = try JSONDecoder().decode(
      [Parameter].self,
      from: Data(contentsOf: Fixtures.resource("network_parameters.json", of: "SSDTests")))
    let ours = SSDConfiguration.ssd300(classes: .voc).parameterShapes
    #expect(ours.map(\.name) == golden.map(\.name))
    #expect(ours.map(\.shape) == golden.map(\.shape))
  }

  @Test("an impossible configuration is refused, not built")
  func faults() throws {
    var configurations: [SSDConfiguration] = []
    for change in [
      { $0.featureMaps[0].size = 1 << 40 }, { $0.base.vgg16?.blockChannels = [] },
      { $0.featureMaps[1].aspectRatios = [1, -2] }, { $0.imageSize = 0 },
      { $0.normalization.mean = [1] }, { $0.auxiliary[0].channels = -1 },
      { $0.featureMaps.removeLast() }, { $0.variances.size = 0 },
    ] as [(inout SSDConfiguration) -> Void] {
      var configuration = SSDConfiguration.ssd300(classes: .voc)
      change(&configuration)
      configurations.append(configuration)
    }
    try withTemporaryFolder { folder in
      for configuration in configurations {
        let json = String(decoding: try JSONEncoder().encode(configuration), as: UTF8.self)
        let url = try hollowFile(
          [("pred_convs.loc_conv4_3.weight", [1])], metadata: ["configuration": json], in: folder)
        let error = #expect(throws: WeightFileError.self) { try ImportedModel(contentsOf: url) }
        #expect(error?.description.contains("configuration is impossible") == true)
      }
    }
  }

  @Test("a mismatch lists everything that is missing, surplus or misshapen, with both shapes")
  func mismatch() throws {
    var tensors = SSDConfiguration.ssd300(classes: .voc).parameterShapes
    let removed = tensors.remove(at: 3)
    tensors[5].shape = [7]
    try withTemporaryFolder { folder in
      let url = try hollowFile(
        tensors.map { ("model." + $0.name, $0.shape) } + [
          ("model.extra", [2, 2]), ("other.x", [1]),
        ],
        in: folder)
      let error = #expect(throws: WeightMismatch.self) { try ImportedModel(contentsOf: url) }
      let mismatch = try #require(error)
      #expect(mismatch.layout == .tutorial)
      #expect(mismatch.missing.map(\.name) == [removed.name])
      #expect(mismatch.missing.first?.shape == removed.shape)
      #expect(mismatch.surplus.map(\.name) == ["model.extra"])
      #expect(mismatch.misshapen.map(\.name) == [tensors[5].name])
      #expect(mismatch.misshapen.first?.found == [7])
      let text = mismatch.description
      #expect(text.contains("missing: \(removed.name) (`model.\(removed.name)` in the file)"))
      #expect(text.contains("surplus: model.extra [2, 2]"))
      #expect(text.contains("SSD300 of the PyTorch object detection tutorial"))
    }
  }

  @Test("a number of classes that nobody knows gets names, and a note says so")
  func unnamedClasses() throws {
    let tensors = SSDConfiguration.ssd300(classes: ClassList(["a", "b"])).parameterShapes
    try withTemporaryFolder { folder in
      let model = try ImportedModel(contentsOf: hollowFile(tensors, in: folder))
      #expect(model.configuration.classes.labels == ["class 1", "class 2"])
      #expect(model.notes.contains { $0.contains("does not name its 2 classes") })
    }
  }

  @Test("a seventh map makes it SSD512, eighty classes make it COCO's")
  func ssd512() throws {
    let configuration = SSDConfiguration.ssd512(classes: .coco)
    var positions = vggPositions + [31, 33]
    var extras = 0
    var names: [String: String] = ["rescale_factors": "backbone.l2_norm.weight"]
    for (name, _) in configuration.parameterShapes where name.hasSuffix(".weight") {
      let layer = String(name.dropLast(".weight".count))
      let theirs: String
      if layer.hasPrefix("base.") {
        theirs = "backbone.vgg.\(positions.removeFirst())"
      } else if layer.hasPrefix("aux_convs.") {
        theirs = "backbone.extras.\(extras)"
        extras += 1
      } else {
        let map = try #require(
          configuration.featureMaps.firstIndex { layer.hasSuffix("_" + $0.name) })
        let kind = layer.contains(".loc_") ? "reg" : "cls"
        theirs = "box_head.predictor.\(kind)_headers.\(map)"
      }
      names[layer + ".weight"] = theirs + ".weight"
      names[layer + ".bias"] = theirs + ".bias"
    }
    let tensors = try configuration.parameterShapes.map { name, shape in
      (
        name: "model." + (try #require(names[name])),
        shape: name == "rescale_factors" ? [512] : shape
      )
    }
    try withTemporaryFolder { folder in
      let model = try ImportedModel(contentsOf: hollowFile(tensors, in: folder))
      #expect(model.layout == .lufficc)
      #expect(model.configuration.imageSize == 512)
      #expect(model.configuration.classes == .coco)
      #expect(PriorBoxes(model.configuration).count == 24_564)
      // lufficc's configuration for COCO: 20.48 of 512 pixels at first.
      #expect(model.configuration.featureMaps[0].scale == 0.04)
      #expect(model.configuration.featureMaps[6].step == 512)
    }
  }

  @Test("a Caffe model's own priors take the place of the assumed ones")
  func caffePriors() throws {
    let sources = ["conv4_3_norm", "fc7", "conv6_2", "conv7_2", "conv8_2", "conv9_2"]
    func model(_ change: (inout ProtobufWriter) -> Void = { _ in }) throws -> CaffeModel {
      var writer = ProtobufWriter()
      for (index, source) in sources.enumerated() {
        writer.field(100) { layer in
          layer.field(1, bytes: Array("\(source)_mbox_priorbox".utf8))
          layer.field(203) { priors in
            priors.field(1, float: Float(30 + 30 * index))
            priors.field(2, float: Float(60 + 30 * index))
            priors.field(3, float: 2)
            priors.field(5, number: 1)
            priors.field(6, bytes: littleEndian([0.1, 0.1, 0.3, 0.3]))
            change(&priors)
          }
        }
      }
      return try CaffeModel(MappedFile(writer.bytes, url: URL(filePath: "/test.caffemodel")))
    }
    var notes: [String] = []
    var configuration = SSDConfiguration.authors(
      imageSize: 300, classes: .voc, hasSmallObjects: false)
    #expect(!configuration.clipsPriors)
    try configuration.take(model().priorLayers, of: model(), notes: &notes)
    #expect(configuration.clipsPriors)
    #expect(notes.isEmpty)
    #expect(configuration.featureMaps.map(\.scale) == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    #expect(configuration.featureMaps.allSatisfy { $0.aspectRatios == [1, 2, 0.5] })
    #expect(configuration.featureMaps.allSatisfy { $0.step == nil })
    #expect(configuration.variances == Variances(center: 0.1, size: 0.3))
    for change in [
      { $0.field(1, float: 5) }, { $0.field(10, float: -1) }, { $0.field(13, float: 0.25) },
      { $0.field(3, float: .nan) },
    ] as [(inout ProtobufWriter) -> Void] {
      let wrong = try model(change)
      #expect(throws: WeightFileError.self) {
        try configuration.take(wrong.priorLayers, of: wrong, notes: &notes)
      }
    }
  }

  @Test("files that are no weights are refused with a hint")
  func hints() throws {
    try withTemporaryFolder { folder in
      func complaint(_ bytes: [UInt8], _ name: String = "file") throws -> String {
        let url = folder.appending(path: name)
        try Data(bytes).write(to: url)
        let error = #expect(throws: (any Error).self) { try ImportedCheckpoint(contentsOf: url) }
        return error.map { "\($0)" } ?? ""
      }
      #expect(
        try complaint(Array("version https://git-lfs.github.com/spec/v1\n".utf8)).contains("LFS"))
      #expect(try complaint([0x1F, 0x8B, 8]).contains("gunzip"))
      #expect(try complaint(Array("<html>".utf8)).contains("download"))
      #expect(try complaint([]).contains("no weights"))
      #expect(try complaint([1, 2, 3]).contains("neither safetensors nor"))
      #expect(try complaint([1, 2, 3], "x.caffemodel").contains("Caffe model is damaged"))
      let url = try hollowFile([("strange", [1])], in: folder)
      let error = #expect(throws: ImportError.self) { try ImportedCheckpoint(contentsOf: url) }
      #expect(error?.description.contains("no layout known here, such as `strange`") == true)
    }
  }

  @Test("a kernel for blue, green, red is turned to red, green, blue")
  func reversal() throws {
    let kernel = StoredTensor(floats: (0..<12).map(Float.init), shape: [2, 3, 2, 1])
    #expect(
      try kernel.withReversedInputs.floats() == [4, 5, 2, 3, 0, 1, 10, 11, 8, 9, 6, 7])
  }
}
