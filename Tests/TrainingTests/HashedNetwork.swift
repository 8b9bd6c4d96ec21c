import MultiBox
import SSD
import TestSupport
import Torch

/// A network whose weights are the same wherever it is made: libtorch's generator belongs to the process,
/// and tests of other suites draw from it meanwhile.
///
/// Without normalisation the maps are large; small prediction layers keep the first losses, and so
/// rounding, in bounds.
func hashedNetwork(_ configuration: SSDConfiguration, seed: UInt32 = 1) -> SSDNetwork {
  let network = SSDNetwork(configuration)
  for (index, (name, tensor)) in network.parameters.enumerated() where tensor.shape.count == 4 {
    let fanIn = tensor.shape.dropFirst().reduce(1, *)
    let fanOut = tensor.shape[0] * tensor.shape[2] * tensor.shape[3]
    let values = HashTensor.values(tensor.count, layer: 100 * seed + UInt32(index))
    let isSmall = !configuration.base.hasBatchNormalization && name.hasPrefix("pred_convs.")
    // As a network is initialised: the base as He et al. say, the rest as Glorot and Bengio.
    let fan = name.hasPrefix("base.") ? fanIn : fanIn + fanOut
    let bound = (6 / Double(fan)).squareRoot() * (isSmall ? 0.1 : 1)
    tensor.assign(Tensor(values, shape: tensor.shape) * bound)
  }
  return network
}
