private let conv2dOperator = Operator("aten::conv2d")
private let fusedConv2dOperator = Operator("ssd::conv2d")
private let reluMaxPool2dOperator = Operator("ssd::relu_max_pool2d")
private let normalizeChannelsOperator = Operator("ssd::normalize_channels")
private let batchNormOperator = Operator("aten::batch_norm")
private let reluOperator = Operator("aten::relu")
private let reluInPlaceOperator = Operator("aten::relu_")
private let maxPool2dOperator = Operator("aten::max_pool2d")
private let logSoftmaxOperator = Operator("aten::log_softmax", overload: "int")
private let smoothL1Operator = Operator("aten::smooth_l1_loss")
private let l1Operator = Operator("aten::l1_loss")

/// libtorch's number for a loss that is neither summed nor averaged.
private let noReduction = 0

/// The operators that a convolutional network is made of. Images are (N, C, H, W).
extension Tensor {
  /// A 2-D convolution with kernels (out, in / groups, height, width).
  ///
  /// In bfloat16 on a processor with AVX-512 and BF16, 3x3 convolutions of many channels are
  /// Winograd's, whose results are rounded a little more.
  public func convolved(
    _ weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int = 0, dilation: Int = 1,
    groups: Int = 1
  ) -> Tensor {
    guard let bias, groups == 1 else {
      return conv2dOperator(
        .tensor(self), .tensor(weight), .optional(bias), .integers([stride, stride]),
        .integers([padding, padding]), .integers([dilation, dilation]), .integer(groups))
    }
    return convolved(
      weight, bias: bias, stride: stride, padding: padding, dilation: dilation, rectifies: false)
  }

  /// ``convolved(_:bias:stride:padding:dilation:)`` and ``rectified()`` at once.
  public func convolvedAndRectified(
    _ weight: Tensor, bias: Tensor, stride: Int = 1, padding: Int = 0, dilation: Int = 1
  ) -> Tensor {
    convolved(
      weight, bias: bias, stride: stride, padding: padding, dilation: dilation, rectifies: true)
  }

  private func convolved(
    _ weight: Tensor, bias: Tensor, stride: Int, padding: Int, dilation: Int, rectifies: Bool
  ) -> Tensor {
    fusedConv2dOperator(
      .tensor(self), .tensor(weight), .tensor(bias), .integers([stride, stride]),
      .integers([padding, padding]), .integers([dilation, dilation]), .boolean(rectifies))
  }

  /// Batch normalisation over all dimensions but the second. While training, the batch's statistics
  /// are used and the running ones move towards them by `momentum`.
  public func batchNormalized(
    weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor, isTraining: Bool,
    momentum: Double, epsilon: Double
  ) -> Tensor {
    batchNormOperator(
      .tensor(self), .tensor(weight), .tensor(bias), .tensor(runningMean), .tensor(runningVariance),
      .boolean(isTraining), .real(momentum), .real(epsilon), .boolean(device != .cpu))
  }

  /// `max(x, 0)`.
  public func rectified() -> Tensor { reluOperator(.tensor(self)) }

  /// `max(x, 0)` in place: for a fresh result that nobody else reads.
  public func rectifiedInPlace() -> Tensor { reluInPlaceOperator(.tensor(self)) }

  /// The maximum of each window.
  ///
  /// - Parameters:
  ///   - size: rows and columns of the window.
  ///   - stride: rows and columns from one window to the next.
  ///   - padding: rows and columns around the input, which never are the maximum.
  ///   - roundsUp: whether a last window that reaches over the edge counts.
  public func maxPooled(
    _ size: Int, stride: Int, padding: Int = 0, roundsUp: Bool = false
  ) -> Tensor {
    maxPool2dOperator(
      .tensor(self), .integers([size, size]), .integers([stride, stride]),
      .integers([padding, padding]), .integers([1, 1]), .boolean(roundsUp))
  }

  /// ``rectified()`` and the maximum of each 2x2 window, with a stride of 2, at once.
  ///
  /// - Parameter roundsUp: whether a last window that reaches over the edge counts.
  public func rectifiedAndPooled(roundsUp: Bool = false) -> Tensor {
    reluMaxPool2dOperator(.tensor(self), .boolean(roundsUp))
  }

  /// Each position's channels divided by their Euclidean length, and multiplied by a factor each.
  ///
  /// - Parameters:
  ///   - factors: (1, channels, 1, 1).
  ///   - epsilon: is added to the square of the length.
  public func normalizedChannels(times factors: Tensor, epsilon: Double) -> Tensor {
    normalizeChannelsOperator(.tensor(self), .tensor(factors), .real(epsilon))
  }

  /// The logarithm of the softmax along a dimension.
  public func logSoftmax(along dimension: Int) -> Tensor {
    logSoftmaxOperator(.tensor(self), .integer(dimension))
  }

  /// Huber's loss with a threshold of 1, element by element: half the square of small differences,
  /// the magnitude less a half of large ones.
  public func smoothL1(to target: Tensor) -> Tensor {
    smoothL1Operator(.tensor(self), .tensor(target), .integer(noReduction))
  }

  /// The magnitude of the difference, element by element.
  public func l1(to target: Tensor) -> Tensor {
    l1Operator(.tensor(self), .tensor(target), .integer(noReduction))
  }
}
