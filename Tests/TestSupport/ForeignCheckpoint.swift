/// A model of another implementation, and what that implementation makes of an image: files and
/// tensors of the fixtures.
public struct ForeignCheckpoint: Sendable, CustomStringConvertible {
  /// The file of the weights, in `Tests/Fixtures/checkpoints`.
  public var checkpoint: String
  /// The file of the image and the raw outputs, without its extension.
  public var golden: String
  /// The image's tensor, normalised.
  public var input: String
  /// The tensor of encoded offsets.
  public var locations = "locations"
  /// The tensor of class scores before the softmax; it may hold the first classes only.
  public var scores = "scores"

  /// The file of the weights, which names the test.
  public var description: String { checkpoint }

  /// All whose raw outputs are known.
  public static let all = [
    ForeignCheckpoint(
      checkpoint: "amdegroot_ssd300_state_dict.pth", golden: "amdegroot_ssd300_forward",
      input: "input_rgb_minus_mean"),
    ForeignCheckpoint(
      checkpoint: "caffe_ssd300_voc.caffemodel", golden: "amdegroot_ssd300_forward",
      input: "input_rgb_minus_mean"),
    ForeignCheckpoint(
      checkpoint: "lufficc_ssd300_checkpoint.pth", golden: "lufficc_ssd300_forward",
      input: "input_minus_mean"),
    ForeignCheckpoint(
      checkpoint: "torchvision_ssd300_vgg16_state_dict.pth",
      golden: "torchvision_ssd300_vgg16_forward", input: "input", locations: "bbox_regression",
      scores: "cls_logits_first_8_classes"),
  ]
}
