import Evaluation
import MultiBox
import Testing

@Suite("The confusion matrix")
struct ConfusionMatrixTests {
  private let classes = ClassList(["cat", "dog"])

  @Test("counts what objects are taken for, what is missed, and what is seen in the background")
  func cases() {
    let matrix = matrix(
      detections: [(0.9, 1, 0), (0.8, 2, 100), (0.7, 1, 300)],
      objects: [(1, 0), (1, 100), (2, 200)])
    #expect(matrix[1, 1] == 1)
    #expect(matrix[1, 2] == 1)
    #expect(matrix[2, 0] == 1)
    #expect(matrix[0, 1] == 1)
    #expect(matrix.total(truth: 1) == 2)
    #expect(matrix.confusions.map(\.truth) == [1])
    #expect(matrix.confusions.map(\.predicted) == [2])
  }

  @Test("its rows of classes add up to the objects there are")
  func rowSums() {
    let matrix = matrix(
      detections: [(0.9, 1, 0), (0.8, 1, 1), (0.8, 2, 2), (0.3, 2, 101)],
      objects: [(1, 0), (2, 100), (2, 200)])
    #expect(matrix.total(truth: 1) == 1)
    #expect(matrix.total(truth: 2) == 2)
  }

  @Test("a detection prefers an object of its class to one that it overlaps more")
  func ownClassFirst() {
    let matrix = matrix(detections: [(0.9, 1, 0)], objects: [(2, 2), (1, 20)])
    #expect(matrix[1, 1] == 1)
    #expect(matrix[2, 0] == 1)
  }

  @Test("an object is taken once, by the surest detection")
  func surestFirst() {
    let matrix = matrix(detections: [(0.6, 1, 0), (0.9, 2, 1)], objects: [(1, 0)])
    #expect(matrix[1, 2] == 1)
    #expect(matrix[0, 1] == 1)
  }

  @Test("leaves out what scores too little")
  func minimumScore() {
    let matrix = matrix(detections: [(0.49, 1, 0)], objects: [(1, 0)])
    #expect(matrix[1, 0] == 1)
    #expect(matrix[1, 1] == 0)
  }

  @Test("does not count difficult objects, nor what finds them")
  func difficultObjects() {
    var matrix = ConfusionMatrix(classes: classes, minimumScore: 0.5)
    matrix.add(
      ScoredImage(
        id: "", width: 500, height: 100,
        detections: [
          Detection(box: box(0), classIndex: 1, label: "cat", score: 0.9),
          Detection(box: box(1), classIndex: 2, label: "dog", score: 0.8),
        ],
        objects: [GroundTruthObject(box: box(0), classIndex: 1, isDifficult: true)]))
    #expect((0...2).allSatisfy { matrix.total(truth: $0) == 0 })
  }

  private func matrix(
    detections: [(Float, Int, Float)], objects: [(Int, Float)]
  ) -> ConfusionMatrix {
    var matrix = ConfusionMatrix(classes: classes, minimumScore: 0.5)
    matrix.add(
      ScoredImage(
        id: "", width: 500, height: 100,
        detections: detections.map {
          Detection(box: box($2), classIndex: $1, label: classes.label(at: $1), score: $0)
        },
        objects: objects.map { GroundTruthObject(box: box($1), classIndex: $0) }))
    return matrix
  }

  private func box(_ x: Float) -> BoundingBox {
    BoundingBox(xMin: x, yMin: 0, xMax: x + 100, yMax: 100)
  }
}
