import Testing
import Torch

@Suite("A tensor")
struct TensorTests {
  @Test func givesBackTheElementsItWasMadeOf() {
    let tensor = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(tensor.shape == [2, 3])
    #expect(tensor.scalarType == .float32)
    #expect(tensor.array(of: Float.self) == [1, 2, 3, 4, 5, 6])
  }

  @Test func readsRowMajorWhateverItsMemoryFormat() {
    let elements = (0..<24).map(Float.init)
    let tensor = Tensor(elements, shape: [1, 2, 3, 4]).contiguous(.channelsLast)
    #expect(tensor.array(of: Float.self) == elements)
    #expect(tensor.permuted([0, 2, 3, 1]).array(of: Float.self).prefix(4) == [0, 12, 1, 13])
  }

  @Test func convertsElementsWhenReadAsAnotherType() {
    #expect(Tensor([1, 0, 3] as [UInt8]).array(of: Double.self) == [1, 0, 3])
    #expect(
      Tensor([1.5, -2] as [Float]).converted(to: .bfloat16).array(of: Float.self) == [1.5, -2])
  }

  @Test func survivesWithoutElements() {
    let tensor = Tensor([] as [Float], shape: [0, 4])
    #expect(tensor.count == 0)
    #expect(tensor.array(of: Float.self).isEmpty)
    #expect(tensor.sum().scalar == 0)
  }

  @Test func sharesItsMemoryWithCopiesOfTheValue() {
    let tensor = Tensor.zeros([2])
    let copy = tensor
    let clone = tensor.cloned()
    tensor.assign(Tensor([3, 4] as [Float]))
    #expect(copy.array(of: Float.self) == [3, 4])
    #expect(clone.array(of: Float.self) == [0, 0])
  }

  @Test func sortsAndGathers() {
    let tensor = Tensor([3, 1, 2, 9, 8, 7] as [Float], shape: [2, 3])
    let (values, indices) = tensor.sorted(along: 1, descending: true)
    #expect(values.array(of: Float.self) == [3, 2, 1, 9, 8, 7])
    #expect(indices.array(of: Int64.self) == [0, 2, 1, 0, 1, 2])
    #expect(tensor.gathered(along: 1, at: indices).array(of: Float.self) == [3, 2, 1, 9, 8, 7])
  }
}

@Suite("An operator")
struct OperatorTests {
  @Test func refusesShapesThatDoNotFitAndNamesThem() {
    let multiply = Operator("aten::mm")
    let error = #expect(throws: TorchError.self) {
      try multiply.call([.tensor(.zeros([2, 3])), .tensor(.zeros([4, 5]))])
    }
    #expect(error?.description.hasPrefix("aten::mm(Float[2, 3], Float[4, 5]): ") == true)
    #expect(error?.description.contains("2x3") == true)
    #expect(error?.description.contains("frame #") == false)
  }

  @Test func refusesArgumentsOfAnotherKind() {
    #expect(throws: TorchError.self) { try Operator("aten::relu").call([.integer(1)]) }
    #expect(throws: TorchError.self) { try Operator("aten::relu").call([.tensors([.zeros([1])])]) }
    #expect(throws: TorchError.self) { try Operator("aten::relu").call([]) }
    #expect(throws: TorchError.self) {
      try Operator("aten::relu").call([.tensor(.zeros([1])), .integer(1)])
    }
  }

  @Test func refusesToReturnMoreThanThereIsRoomFor() {
    let split = Operator("aten::split", overload: "Tensor")
    #expect(throws: TorchError.self) {
      try split.call([.tensor(.zeros([6])), .integer(1)], returningAtMost: 3)
    }
    #expect(throws: Never.self) {
      try split.call([.tensor(.zeros([6])), .integer(2)], returningAtMost: 3)
    }
  }
}
