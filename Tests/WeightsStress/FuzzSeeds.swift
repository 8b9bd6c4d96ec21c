import Foundation
import MultiBox
import TestSupport
import Weights

/// Sound files to be damaged: small ones of every format, and the beginnings of real ones.
struct FuzzSeeds {
  private(set) var files: [(name: String, bytes: [UInt8])] = []

  /// - Parameter checkpoints: a folder of checkpoints, gzipped twice, or nil.
  init(checkpoints: URL?) {
    files.append(("safetensors", Self.safeTensors))
    let pickle = Self.pickle
    let data = littleEndian((0..<64).map(Float.init))
    files.append(("zip", TorchWriter.zip(pickle, storages: [("0", data), ("1", data)])))
    files.append(
      (
        "zip without checksums",
        TorchWriter.zip(pickle, storages: [("0", data), ("1", data)], hasChecksums: false)
      ))
    files.append(("whole SSD300", Self.wholeModel))
    files.append(
      ("legacy", TorchWriter.legacy(pickle, storages: [("0", 64, data), ("1", 64, data)])))
    files.append(("pickle 4", TorchWriter.legacy(Self.pickle4)))
    files.append(("caffemodel", Self.caffe(isOld: false)))
    files.append(("caffemodel of the older format", Self.caffe(isOld: true)))
    files.append(("own model", Self.ownModel))
    guard let checkpoints else { return }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpoints.path)) ?? []
    for name in names.sorted() where name.hasSuffix(".gz") {
      let bytes = Self.beginning(of: checkpoints.appending(path: name))
      guard !bytes.isEmpty else { continue }
      if bytes.starts(with: [0x50, 0x4B]), let pickle = Self.firstEntry(bytes) {
        files.append((name, TorchWriter.zip(pickle, hasChecksums: false)))
      } else {
        files.append((name, bytes))
      }
    }
  }

  private static let safeTensors: [UInt8] = {
    let header =
      #"{"__metadata__":{"format":"pt","é\n":"\u00e9"},"#
      + #""a":{"dtype":"F32","shape":[4,2],"data_offsets":[0,32]},"#
      + #""b":{"dtype":"BF16","shape":[3],"data_offsets":[32,38]},"#
      + #""c":{"dtype":"I64","shape":[],"data_offsets":[38,46]}}  "#
    return littleEndian(UInt64(header.utf8.count)) + Array(header.utf8)
      + [UInt8](repeating: 7, count: 46)
  }()

  /// A checkpoint with a whole model, views, shared storages and an optimiser.
  private static let pickle: [UInt8] = {
    var pickle = PickleWriter()
    pickle.dictionary { w in
      w.text("epoch")
      w.integer(3)
      w.text("model")
      w.object("model", "SSD300") { w in
        w.dictionary { w in
          w.text("_parameters")
          w.dictionary { w in
            w.text("weight")
            w.tensor(storage: "0", count: 64, offset: 1, shape: [3, 4], strides: [1, 5])
            w.text("bias")
            w.tensor(storage: "0", count: 64, offset: 60, shape: [4], strides: [1])
          }
          w.text("_modules")
          w.dictionary { w in
            w.text("conv")
            w.object("torch.nn.modules.conv", "Conv2d") { w in
              w.dictionary { w in
                w.text("_parameters")
                w.dictionary { w in
                  w.text("weight")
                  w.tensor(storage: "1", count: 64, shape: [4, 4, 2, 2], strides: [16, 4, 2, 1])
                }
              }
            }
          }
        }
      }
      w.text("optimizer")
      w.object("torch.optim.sgd", "SGD") { w in
        w.dictionary { w in
          w.text("param_groups")
          w.opcode("]")
        }
      }
    }
    return pickle.finished
  }()

  /// Framed, memoised and with names from the stack, as protocol 4 has them.
  private static let pickle4: [UInt8] = {
    var body = PickleWriter(protocolVersion: 4)
    body.raw([0x95] + littleEndian(UInt64(60)))
    body.raw([0x7D, 0x94, 0x28, 0x8C, 1, 0x61, 0x94])
    body.text("collections")
    body.text("OrderedDict")
    body.raw([0x93, 0x94, 0x29, 0x52, 0x94, 0x8C, 1, 0x62, 0x68, 1])
    body.raw([0x8C, 1, 0x63, 0x8F, 0x28, 0x4B, 1, 0x4B, 2, 0x90])
    body.raw([0x75])
    return body.finished
  }()

  /// All parameters of the tutorial's SSD300, each a view that repeats one element.
  private static let wholeModel: [UInt8] = {
    var pickle = PickleWriter()
    pickle.dictionary { w in
      for (name, shape) in SSDConfiguration.ssd300(classes: .voc).parameterShapes {
        w.text(name)
        w.tensor(
          storage: "0", type: "ByteStorage", count: 1, shape: shape, strides: shape.map { _ in 0 })
      }
    }
    return TorchWriter.legacy(pickle.finished, storages: [("0", 1, [1])])
  }()

  private static func caffe(isOld: Bool) -> [UInt8] {
    var model = ProtobufWriter()
    model.field(1, bytes: Array("net".utf8))
    for name in ["conv4_3_norm_mbox_loc", "conv4_3_norm_mbox_conf", "fc6"] {
      model.field(isOld ? 2 : 100) { layer in
        layer.field(isOld ? 4 : 1, bytes: Array(name.utf8))
        layer.field(isOld ? 6 : 7) { blob in
          if isOld {
            for (field, length) in [(1, 1), (2, 2), (3, 3), (4, 2)] as [(UInt64, UInt64)] {
              blob.field(field, number: length)
            }
          } else {
            blob.field(7) { shape in shape.field(1, bytes: [3, 4]) }
          }
          blob.field(5, bytes: littleEndian((0..<12).map(Float.init)))
        }
        layer.field(203) { priors in
          priors.field(1, float: 30)
          priors.field(3, float: 2)
          priors.field(6, bytes: littleEndian([0.1, 0.1, 0.2, 0.2]))
        }
      }
    }
    return model.bytes
  }

  /// A file whose metadata describe a network.
  private static let ownModel: [UInt8] = {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    do {
      let configuration = String(
        decoding: try JSONEncoder().encode(SSDConfiguration.ssd300Tiny(classes: .voc)),
        as: UTF8.self)
      try SafeTensors.write(
        [("pred_convs.loc_conv4_3.weight", StoredTensor(floats: [1], shape: [1]))],
        metadata: ["configuration": configuration], to: url)
      return Array(try Data(contentsOf: url))
    } catch { fatalError("\(error)") }
  }()

  /// The first 64 KiB that a gzipped file unpacks to.
  private static func beginning(of url: URL) -> [UInt8] {
    let gunzip = Process()
    let pipe = Pipe()
    gunzip.executableURL = URL(filePath: "/usr/bin/env")
    gunzip.arguments = ["sh", "-c", "gunzip -c \"$0\" 2>/dev/null | head -c 65536", url.path]
    gunzip.standardOutput = pipe
    guard (try? gunzip.run()) != nil else { return [] }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    gunzip.waitUntilExit()
    return Array(data)
  }

  /// The contents of a zip archive's first entry, which is the pickle.
  private static func firstEntry(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count > 30 else { return nil }
    func number(_ offset: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    let start = 30 + number(26, 2) + number(28, 2)
    // The sizes stand in the directory at the archive's end; the pickle ends where the next entry
    // begins.
    let rest = bytes.dropFirst(start)
    var end = rest.startIndex
    while end + 4 < rest.endIndex, !rest[end..<end + 4].elementsEqual([0x50, 0x4B, 0x03, 0x04]) {
      end += 1
      if rest[end..<min(end + 4, rest.endIndex)].elementsEqual([0x50, 0x4B, 0x07, 0x08]) { break }
    }
    return Array(rest[..<end])
  }
}
