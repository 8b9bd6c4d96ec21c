"""Compares an exported network under ONNX Runtime with outputs computed elsewhere; see onnx.sh."""
import sys

import numpy
import onnx
import onnxruntime
from safetensors.numpy import load_file

# This program's own results on the same machine must be met to 1e-4. The fixtures' weights are periodic patterns whose
# conv4_3 nearly cancels before it is normalised: there ONNX Runtime with and without its optimisations differs from
# itself by more than 1e-4. Those outputs have the limit that every importer has, 1e-3.
LIMITS = {"example": 1e-4, "golden": 1e-3}


def compare(kind, name, ours, expected):
    assert ours.shape == expected.shape, f"{name}: {ours.shape} instead of {expected.shape}"
    # Of numbers above 1 the relative error counts.
    error = float((numpy.abs(ours - expected) / numpy.maximum(1, numpy.abs(expected))).max())
    print(f"{name}: largest error {error:.2e}")
    return error < LIMITS[kind]


def main(kind, network, file):
    expected = load_file(file)
    if kind == "weights":
        constants = {c.name: onnx.numpy_helper.to_array(c) for c in onnx.load(network).graph.initializer}
        same = all(numpy.array_equal(constants[name], value) for name, value in expected.items())
        print(f"weights read by the safetensors package: {len(expected)} tensors, {'equal' if same else 'DIFFERENT'}")
        return same
    onnx.checker.check_model(network, full_check=True)
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    if kind == "example":
        outputs = [output.name for output in session.get_outputs()]
        values = session.run(outputs, {"images": expected["images"]})
        single = session.run(outputs, {"images": expected["images"][:1]})
        fine = [compare(kind, name, value, expected[name]) for name, value in zip(outputs, values)]
        fine += [compare(kind, f"{name}, alone", value, expected[name][:1]) for name, value in zip(outputs, single)]
        return all(fine)
    # The fixtures' inputs are normalised; the network wants bytes.
    if "input_rgb_minus_mean" in expected:
        images, mean = expected["input_rgb_minus_mean"], (123, 117, 104)
        golden = expected["locations"], expected["scores"]
    else:
        images, mean = expected["input"], (0.48235 * 255, 0.45882 * 255, 0.40784 * 255)
        golden = expected["bbox_regression"], expected["cls_logits_first_8_classes"]
    images = images.astype(numpy.float32) + numpy.array(mean, numpy.float32).reshape(1, 3, 1, 1)
    locations, scores = session.run(["locations", "scores"], {"images": images})
    return all([
        compare(kind, "locations", locations[0], golden[0]),
        compare(kind, "scores", scores[0][:, : golden[1].shape[1]], golden[1]),
    ])


sys.exit(0 if main(*sys.argv[1:]) else 1)
