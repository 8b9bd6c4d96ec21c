"""Times SSD300's large convolutions one by one, every way this package has, beside libtorch's fused oneDNN operators.

    PYTHON Benchmarks/layers/compare.py [--threads 2] [--runs 7]

PYTHON needs torch (Benchmarks/peers/requirements.txt); CXX, clang++ by default, compiles the kernels. Prints two tables: what each way takes
and how far it is off, which is where the tile sizes of LayerPlan+Tuning.swift come from; and the best way beside
`mkldnn::_convolution_pointwise` with weights packed in advance, bias and ReLU fused, channels last.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
ELEMENTS = ("float32", "bfloat16", "bytes")
ONEDNN = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def ours(options):
    """What `layers` prints, as Python has it."""
    kernels = ROOT / "Sources/CKernels"
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "layers"
        subprocess.run(
            [os.environ.get("CXX", "clang++"), "-std=c++20", "-O2", f"-I{kernels / 'include'}", *map(str, kernels.glob("*.cpp")),
             str(ROOT / "Benchmarks/layers/layers.cpp"), "-pthread", "-o", str(program)], check=True)
        result = subprocess.run([program, str(options.threads), str(options.runs)], check=True, capture_output=True)
    return json.loads(result.stdout)


def onednn(layer, dtype, runs):
    """Milliseconds of the fused operator."""
    size, padding, dilation = layer["size"], [layer["padding"]] * 2, [layer["dilation"]] * 2
    shape = (1, layer["inputs"], size, size)
    images = torch.randn(shape).relu().to(dtype).contiguous(memory_format=torch.channels_last)
    weight = torch.randn(layer["outputs"], layer["inputs"], layer["kernel"], layer["kernel"]).to(dtype)
    bias = torch.zeros(layer["outputs"], dtype=dtype)
    packed = torch.ops.mkldnn._reorder_convolution_weight(weight, padding, [1, 1], dilation, 1, shape)
    times = []
    for _ in range(runs + 2):
        start = time.perf_counter()
        torch.ops.mkldnn._convolution_pointwise(images, packed, bias, padding, [1, 1], dilation, 1, "relu", [], "")
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times[2:])


def name(tile):
    return f"F({tile}x{tile})" if tile else "direct"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=7, help="of each layer and way; the median counts")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    layers = ours(options)
    print(f"{time.strftime('%Y-%m-%d')}, {options.threads} threads, torch {torch.__version__}; milliseconds, relative error\n")
    print("| layer | " + " | ".join(ELEMENTS) + " |\n|---" + "|---" * len(ELEMENTS) + "|")
    for layer in layers:
        cells = [
            "; ".join(
                f"{name(way['tile'])} {way['milliseconds']:.2f}, {way['error']:.1e}" for way in layer["ways"] if way["element"] == element)
            for element in range(len(ELEMENTS))]
        print(f"| {layer['name']} | " + " | ".join(cells) + " |")

    print("\n| layer | " + " | ".join(f"{kind}, ours | oneDNN | ratio" for kind in ONEDNN) + " |\n|---" + "|---" * 3 * len(ONEDNN) + "|")
    with torch.inference_mode():
        for layer in layers:
            cells = []
            for element, (kind, dtype) in enumerate(ONEDNN.items()):
                # F(6x6) in bfloat16 is here for its error alone.
                usable = [
                    way for way in layer["ways"] if way["element"] == element and (kind == "float32" or way["tile"] < 6)]
                if not usable:
                    cells.append("| | ")
                    continue
                best = min(usable, key=lambda way: way["milliseconds"])
                theirs = onednn(layer, dtype, options.runs)
                cells.append(
                    f"{name(best['tile'])} {best['milliseconds']:.2f} | {theirs:.2f} | {best['milliseconds'] / theirs:.2f}")
            print(f"| {layer['name']} | " + " | ".join(cells) + " |")


main()
