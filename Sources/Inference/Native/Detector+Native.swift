import Foundation
import Weights

extension Detector {
  /// A detector with the model of a file, run on the CPU by ``NativePredictor``: a checkpoint of this
  /// package, or a model of any known implementation (see ``/Weights/CheckpointLayout``).
  ///
  /// - Parameters:
  ///   - precision: see ``NativePredictor``.
  ///   - threads: the number of threads; nil for as many as the process has processors.
  ///   - packing: `.everyRun` for a single image.
  /// - Throws: ``/Weights/WeightFileError``, ``/Weights/WeightMismatch`` or ``/Weights/ImportError``
  ///   when the file is broken, not complete or no model.
  public convenience init(
    contentsOf url: URL, precision: NativePredictor.Precision = .automatic, threads: Int? = nil,
    packing: NativePredictor.Packing = .once
  ) throws {
    self.init(
      try NativePredictor(
        try ImportedModel(contentsOf: url), precision: precision, threads: threads,
        packing: packing))
  }
}
