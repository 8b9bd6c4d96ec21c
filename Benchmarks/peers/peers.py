"""Prepares, runs and compares SSD300 in several engines; see run.sh, which calls it."""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy

from engines import OURS, PEERS, tolerance

# What the project aims at: (ours, theirs, the largest ratio).
GOALS = [
    ("ssd-float32", "ncnn-float32", 0.52),
    ("ssd-bfloat16", "openvino-bfloat16", 0.40),
    ("ssd-bfloat16", "openvino-int8", 1.0),
    ("ssd-int8", "openvino-int8", 1.0),
]


def prepare(options):
    """Exports the model, converts it for every engine, and quantises it with the pictures."""
    import nncf
    import openvino
    import torch
    from PIL import Image

    from engines import normalization
    from network import Network

    folder, ssd = options.folder, options.ssd
    folder.mkdir(parents=True, exist_ok=True)
    for output in ("model.onnx", "weights.safetensors"):
        subprocess.run([ssd, "export", options.model, folder / output, "--force"], check=True)
    with open(folder / "inspection.json", "w") as file:
        subprocess.run([ssd, "inspect", folder / "weights.safetensors", "--json", "-"], check=True, stdout=file)

    pictures = options.pictures
    if pictures is None:
        pictures = folder / "shapes" / "JPEGImages"
        if not pictures.exists():
            subprocess.run(
                [ssd, "data", "synthesize", folder / "shapes", "--train", "60", "--test", "1", "--difficulty", "cluttered"],
                check=True)
    files = sorted(file for file in pictures.iterdir() if file.suffix.lower() in (".jpg", ".jpeg", ".png"))[:100]
    if not files:
        sys.exit(f"peers: there are no pictures in {pictures}")
    resized = [Image.open(file).convert("RGB").resize((300, 300), Image.Resampling.BILINEAR) for file in files]
    # Of the network's size and without loss, so that every engine gets the same pixels.
    resized[0].save(folder / "picture.png")
    batches = [numpy.asarray(picture, numpy.float32).transpose(2, 0, 1)[None] for picture in resized]

    model = openvino.convert_model(folder / "model.onnx", input=[("images", [1, 3, 300, 300])])
    openvino.save_model(model, folder / "float32.xml", compress_to_fp16=False)
    quantized = nncf.quantize(model, nncf.Dataset(batches), subset_size=len(batches))
    openvino.save_model(quantized, folder / "int8.xml", compress_to_fp16=False)

    network = Network(folder / "weights.safetensors", normalization(folder)).eval()
    with torch.inference_mode():
        torch.jit.trace(network, torch.from_numpy(batches[0])).save(folder / "model.pt")
    subprocess.run(
        [Path(sys.executable).parent / "pnnx", "model.pt", "inputshape=[1,3,300,300]", "fp16=0"], check=True, cwd=folder,
        stdout=subprocess.DEVNULL)

    if " quantize " in subprocess.run([ssd, "--help"], capture_output=True, text=True).stdout:
        subprocess.run(
            [ssd, "quantize", folder / "weights.safetensors", "--calibration", pictures, folder / "int8.safetensors", "--force"],
            check=True)
    print(f"prepared {options.model} in {folder}")


class Peer:
    """Another engine in a process of its own, which stays alive between its turns."""

    def __init__(self, name, options):
        self.process = subprocess.Popen(
            [sys.executable, __file__, "worker", name, "--folder", options.folder, "--threads", str(options.threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.outputs = self.answer()["outputs"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"peers: {' '.join(map(str, self.process.args))} ended; see its messages above")
        return json.loads(line)

    def turn(self, runs, warm_up):
        print(runs, warm_up, file=self.process.stdin, flush=True)
        return self.answer()["milliseconds"]


class Ours:
    """This program, a new process for each turn."""

    def __init__(self, name, options):
        self.precision, self.options = OURS[name], options
        self.outputs = options.folder / f"{name}.safetensors"
        quantized = options.folder / "int8.safetensors"
        self.model = quantized if name == "ssd-int8" and quantized.exists() else options.folder / "weights.safetensors"
        self.detect = None
        self.turn(1, 0)

    def turn(self, runs, warm_up):
        command = [
            self.options.ssd, "benchmark", "detect", self.model, "--precision", self.precision, "--threads",
            self.options.threads, "--runs", runs, "--warm-up", warm_up, "--image", self.options.folder / "picture.png",
            "--predictions", self.outputs, "--json", "-"]
        result = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(result.stdout)["networkMilliseconds"]["p50"]


def pixels(folder):
    from PIL import Image

    return numpy.asarray(Image.open(folder / "picture.png"), numpy.float32).transpose(2, 0, 1)[None].copy()


def worker(options):
    load, kind = PEERS[options.name]
    run, images = load(options.folder, options.threads, kind), pixels(options.folder)
    file = options.folder / f"{options.name}.npz"
    locations, scores = run(images)
    numpy.savez(file, locations=locations, scores=scores)
    print(json.dumps({"outputs": str(file)}), flush=True)
    for line in sys.stdin:
        runs, warm_up = map(int, line.split())
        for _ in range(warm_up):
            run(images)
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            run(images)
            times.append(1e3 * (time.perf_counter() - start))
        print(json.dumps({"milliseconds": statistics.median(times)}), flush=True)


def load_outputs(file):
    if str(file).endswith(".npz"):
        arrays = numpy.load(file)
    else:
        from safetensors.numpy import load_file

        arrays = load_file(file)
    return [numpy.asarray(arrays[name], numpy.float64).reshape(-1) for name in ("locations", "scores")]


def difference(outputs, reference):
    """The root mean square of the difference as a share of that of the reference, of the worse output."""
    return max(
        float(numpy.sqrt(((ours - theirs) ** 2).mean() / (theirs**2).mean())) for ours, theirs in zip(outputs, reference))


def measure(options):
    names = options.engines or [*PEERS, *OURS]
    engines = {}
    for name in names:
        engines[name] = (Ours if name in OURS else Peer)(name, options)
    turns = {name: [] for name in names}
    for _ in range(options.rounds):
        for name, engine in engines.items():
            # Thread pools spin for a while after their last task, at the cost of whoever is next.
            time.sleep(0.3)
            turns[name].append(engine.turn(options.runs, options.warm_up))

    print(f"{time.strftime('%Y-%m-%d')}, {processor()}, {options.threads} threads; median of {options.rounds} turns of {options.runs} runs")
    packages = ("torch", "onnxruntime", "openvino", "nncf", "ncnn")
    print("  ".join(f"{package} {version(package)}" for package in packages))
    reference_name = next((name for name in ("torch-float32", "onnxruntime-float32") if name in engines), None)
    reference = load_outputs(engines[reference_name].outputs) if reference_name else None
    failed = False
    print(f"\n{'engine':<30} {'ms':>7} {'from':>7} {'to':>7}   {'difference':>10} {'limit':>6}")
    for name, engine in engines.items():
        values = turns[name]
        line = f"{name:<30} {statistics.median(values):7.1f} {min(values):7.1f} {max(values):7.1f}"
        if reference:
            error = difference(load_outputs(engine.outputs), reference)
            agrees = error <= tolerance(name)
            failed |= not agrees
            line += f"   {error:10.1e} {tolerance(name):6.0e}{'' if agrees else '  TOO FAR'}"
        print(line)
    lines = []
    for ours, theirs, goal in GOALS:
        if ours not in turns or theirs not in turns:
            continue
        ratios = [a / b for a, b in zip(turns[ours], turns[theirs])]
        ratio = statistics.median(ratios)
        lines.append(
            f"{ours + ' / ' + theirs:<34} {ratio:5.2f} ({min(ratios):.2f} to {max(ratios):.2f}), goal {goal:.2f}"
            f"{'' if ratio <= goal else ': not met'}")
    if lines:
        print("\nratios, turn by turn\n" + "\n".join(lines))
    if reference:
        print(f"\ndifference from {reference_name}: root mean square, as a share of the outputs' own")
    if failed:
        sys.exit("peers: some outputs are too far from the reference")


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def main():
    parser = argparse.ArgumentParser(prog="run.sh")
    parser.add_argument("command", choices=["prepare", "measure", "worker"])
    parser.add_argument("name", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("--ssd", default=".build/release/ssd", help="the program to measure")
    parser.add_argument("--folder", type=Path, default=Path(".build/peers"), help="where the converted models lie")
    parser.add_argument("--model", default="ssd300", help="to prepare: an SSD300 with the whole VGG-16 (default: random weights)")
    parser.add_argument("--pictures", type=Path, help="to prepare: pictures to quantise with (default: painted ones)")
    parser.add_argument(
        "--engines", type=lambda text: text.split(","), help=f"only these, joined by commas: {', '.join([*PEERS, *OURS])}")
    parser.add_argument("--threads", type=int, default=2, help="threads of every engine")
    parser.add_argument("--rounds", type=int, default=5, help="how often every engine has its turn")
    parser.add_argument("--runs", type=int, default=7, help="measured runs of a turn")
    parser.add_argument("--warm-up", type=int, default=2, help="runs of a turn before the first that counts")
    options = parser.parse_args()
    unknown = set(options.engines or []) - {*PEERS, *OURS}
    if unknown:
        parser.error(f"no such engine: {', '.join(sorted(unknown))}; there are {', '.join([*PEERS, *OURS])}")
    {"prepare": prepare, "measure": measure, "worker": worker}[options.command](options)


main()
