import ArgumentParser

/// The name that `--iou-threshold` had in earlier releases; it still works, and help does not show it.
struct FormerOverlapName: ParsableArguments {
  @Option(name: .customLong("maximum-overlap"), parsing: .unconditional, help: .hidden)
  var maximumOverlap: Float?

  /// The threshold under its former name where that was given, and otherwise under its own.
  func value(or iouThreshold: Float) -> Float { maximumOverlap ?? iouThreshold }
}
