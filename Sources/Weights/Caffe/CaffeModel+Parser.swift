import Protobuf

extension CaffeModel {
  /// An array of a layer, as it is described.
  struct Blob {
    var shape: [Int]
    var data: Range<Int>
    var isDouble: Bool
  }

  /// Collects what is needed from the messages of a model.
  struct Parser {
    let bytes: UnsafeRawBufferPointer
    let budget: AllocationBudget
    private(set) var name: String?
    private(set) var names: [String] = []
    private(set) var blobs: [Blob] = []
    private(set) var priorLayers: [String: CaffePriorLayer] = [:]

    init(bytes: UnsafeRawBufferPointer, budget: AllocationBudget) {
      self.bytes = bytes
      self.budget = budget
    }

    /// `NetParameter`: name 1, layers 100, in the older format 2.
    mutating func network() throws {
      var reader = ProtobufReader(bytes, 0..<bytes.count)
      while let (field, value) = try reader.next() {
        switch (field, value) {
        case (1, .bytes(let range)): name = try text(range)
        case (100, .bytes(let range)): try layer(range, nameField: 1, blobField: 7)
        case (2, .bytes(let range)): try layer(range, nameField: 4, blobField: 6)
        default: break
        }
      }
    }

    /// `LayerParameter` or `V1LayerParameter`.
    private mutating func layer(_ range: Range<Int>, nameField: UInt64, blobField: UInt64) throws {
      var name = ""
      var found: [Blob] = []
      var priors: CaffePriorLayer?
      var reader = ProtobufReader(bytes, range)
      while let (field, value) = try reader.next() {
        guard case .bytes(let part) = value else { continue }
        switch field {
        case nameField: name = try text(part)
        case blobField:
          try budget.charge(256)
          found.append(try blob(part))
        case 203: priors = try priorLayer(part)
        default: break
        }
      }
      for (index, blob) in found.enumerated() {
        try budget.charge(512 + 2 * name.utf8.count)
        names.append("\(name).\(["weight", "bias"].dropFirst(index).first ?? "\(index)")")
        blobs.append(blob)
      }
      if let priors {
        try budget.charge(512)
        priorLayers[name] = priors
      }
    }

    /// `BlobProto`: the shape 7, or the older dimensions 1 to 4; floats 5 or doubles 8.
    private func blob(_ range: Range<Int>) throws -> Blob {
      var shape: [Int]?
      var dimensions = [0, 0, 0, 0]
      var data: Range<Int>?
      var isDouble = false
      var reader = ProtobufReader(bytes, range)
      while let (field, value) = try reader.next() {
        switch (field, value) {
        case (1...4, .number(let length)):
          dimensions[Int(field) - 1] = try dimension(length, at: range.lowerBound)
        case (7, .bytes(let part)): shape = try self.shape(part)
        case (5, .bytes(let part)), (8, .bytes(let part)):
          guard data == nil else {
            throw failure(range, "an array whose numbers lie in several parts")
          }
          data = part
          isDouble = field == 8
        case (5, _), (8, _): throw failure(range, "an array whose numbers are not packed")
        default: break
        }
      }
      return Blob(
        shape: shape ?? dimensions, data: data ?? range.lowerBound..<range.lowerBound,
        isDouble: isDouble)
    }

    /// `BlobShape`: dimensions 1, packed or not.
    private func shape(_ range: Range<Int>) throws -> [Int] {
      var shape: [Int] = []
      var reader = ProtobufReader(bytes, range)
      while let (field, value) = try reader.next() {
        guard field == 1 else { continue }
        switch value {
        case .number(let length): shape.append(try dimension(length, at: range.lowerBound))
        case .bytes(let part):
          var numbers = ProtobufReader(bytes, part)
          while !numbers.isAtEnd {
            shape.append(try dimension(try numbers.number(), at: range.lowerBound))
            guard shape.count <= 32 else { break }
          }
        case .fixed: throw failure(range, "a dimension that is no integer")
        }
        // Caffe's own limit.
        guard shape.count <= 32 else { throw failure(range, "an array of more than 32 dimensions") }
      }
      return shape
    }

    /// `PriorBoxParameter`.
    private func priorLayer(_ range: Range<Int>) throws -> CaffePriorLayer {
      var layer = CaffePriorLayer()
      var reader = ProtobufReader(bytes, range)
      while let (field, value) = try reader.next() {
        switch (field, value) {
        case (1, _): layer.minimumSizes += try floats(value, range)
        case (2, _): layer.maximumSizes += try floats(value, range)
        case (3, _): layer.aspectRatios += try floats(value, range)
        case (4, .number(let flag)): layer.flips = flag != 0
        case (5, .number(let flag)): layer.clips = flag != 0
        case (6, _): layer.variances += try floats(value, range)
        case (10, _): layer.step = try floats(value, range).last
        case (13, _): layer.offset = try floats(value, range).last ?? layer.offset
        default: break
        }
        guard
          layer.minimumSizes.count + layer.maximumSizes.count + layer.aspectRatios.count
            + layer.variances.count <= 256
        else { throw failure(range, "priors of more than 256 numbers") }
      }
      return layer
    }

    /// Numbers of four bytes, packed or single.
    private func floats(_ value: ProtobufReader.Value, _ range: Range<Int>) throws -> [Float] {
      switch value {
      case .fixed(let part) where part.count == 4, .bytes(let part) where part.count <= 1024:
        return ScalarType.float32.floats(in: UnsafeRawBufferPointer(rebasing: bytes[part]))
      default: throw failure(range, "numbers that are no floats")
      }
    }

    private func dimension(_ length: UInt64, at offset: Int) throws -> Int {
      guard let length = Int(exactly: length) else {
        throw ProtobufReader.Failure(offset: offset, what: "the dimension \(length)")
      }
      return length
    }

    private func text(_ range: Range<Int>) throws -> String {
      try budget.charge(range.count + 64)
      guard let text = String(validating: bytes[range], as: UTF8.self) else {
        throw failure(range, "a name that is not UTF-8")
      }
      return text
    }

    private func failure(_ range: Range<Int>, _ what: String) -> ProtobufReader.Failure {
      ProtobufReader.Failure(offset: range.lowerBound, what: what)
    }
  }
}
