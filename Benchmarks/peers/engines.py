"""The engines, each behind the same two calls: load once, then run on raw pixels (1, 3, 300, 300), float32."""

import json
from pathlib import Path

import numpy


def openvino(folder, threads, kind):
    from openvino import Core

    core = Core()
    file = folder / ("int8.xml" if kind == "int8" else "float32.xml")
    precision = {"float32": "f32", "bfloat16": "bf16", "int8": "bf16"}[kind]
    compiled = core.compile_model(
        str(file), "CPU",
        {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads})
    request = compiled.create_infer_request()

    def run(pixels):
        request.infer([pixels], share_inputs=True)
        return [request.get_output_tensor(index).data for index in (0, 1)]

    return run


def onnxruntime(folder, threads, kind):
    import onnxruntime as runtime

    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    session = runtime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])
    return lambda pixels: session.run(["locations", "scores"], {"images": pixels})


def ncnn(folder, threads, kind):
    import ncnn as engine

    network = engine.Net()
    network.opt.num_threads = threads
    network.opt.use_bf16_storage = kind == "bfloat16"
    network.opt.use_fp16_packed = network.opt.use_fp16_storage = network.opt.use_fp16_arithmetic = False
    network.load_param(str(folder / "model.ncnn.param"))
    network.load_model(str(folder / "model.ncnn.bin"))

    def run(pixels):
        extractor = network.create_extractor()
        extractor.input("in0", engine.Mat(pixels[0]))
        return [numpy.array(extractor.extract(name)[1]) for name in ("out0", "out1")]

    return run


def torch(folder, threads, kind):
    import torch as engine

    from network import Network

    engine.set_num_threads(threads)
    network = Network(folder / "weights.safetensors", normalization(folder)).eval()
    channels_last, reduced = "channels-last" in kind, "bfloat16" in kind
    if channels_last:
        network = network.to(memory_format=engine.channels_last)

    def run(pixels):
        with engine.inference_mode(), engine.autocast("cpu", engine.bfloat16, enabled=reduced):
            images = engine.from_numpy(pixels)
            if channels_last:
                images = images.contiguous(memory_format=engine.channels_last)
            return [output.float().numpy() for output in network(images)]

    return run


def normalization(folder):
    return json.loads(Path(folder, "inspection.json").read_text())["configuration"]["normalization"]


PEERS = {
    "torch-float32": (torch, "eager"),
    "torch-channels-last-float32": (torch, "channels-last"),
    "torch-channels-last-bfloat16": (torch, "channels-last bfloat16"),
    "onnxruntime-float32": (onnxruntime, "float32"),
    "openvino-float32": (openvino, "float32"),
    "openvino-bfloat16": (openvino, "bfloat16"),
    "openvino-int8": (openvino, "int8"),
    "ncnn-float32": (ncnn, "float32"),
    "ncnn-bfloat16": (ncnn, "bfloat16"),
}
OURS = {"ssd-float32": "float32", "ssd-bfloat16": "bfloat16", "ssd-int8": "int8"}

# The largest difference from the reference (PyTorch in float32), its root mean square as a share of the outputs'. For
# int8 this only tells a working network from a broken one: its accuracy is a matter of mAP.
TOLERANCES = {"float32": 1e-3, "bfloat16": 3e-2, "int8": 3e-1}


def tolerance(name):
    return TOLERANCES[name.rsplit("-", 1)[-1]]
