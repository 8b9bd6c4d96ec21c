"""Times one detection from the start of the process to its end, and its peak memory, beside Python with torchvision.

    PYTHON Benchmarks/cold-start/compare.py [--ssd .build/release/ssd] [--picture photo.jpg] [--precision float32]

PYTHON needs torch, torchvision and pillow (Benchmarks/peers/requirements.txt). Both run SSD300 with random weights, in turn;
files are read before, so that they come from memory.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FOLDER = Path(__file__).parent


def run(command):
    """Milliseconds from start to end, and the peak memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    messages = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = 1e3 * (time.perf_counter() - start)
    if status:
        sys.exit(f"{command[0]} failed: {messages.decode()}")
    return elapsed, usage.ru_maxrss * 1024 / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ssd", default=".build/release/ssd", help="the program to measure")
    parser.add_argument("--picture", type=Path, help="what to detect in (default: a painted scene)")
    parser.add_argument("--precision", default="float32", help="of ssd; torchvision computes in float32")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        weights, state, picture = folder / "model.safetensors", folder / "model.pth", options.picture
        subprocess.run([options.ssd, "export", "ssd300", weights], check=True, stdout=subprocess.DEVNULL)
        if picture is None:
            subprocess.run(
                [options.ssd, "data", "synthesize", folder / "shapes", "--train", "1", "--test", "0"], check=True,
                stdout=subprocess.DEVNULL)
            picture = next((folder / "shapes" / "JPEGImages").iterdir())
        subprocess.run(
            [sys.executable, "-c",
             "import sys, torch; from torchvision.models.detection import ssd300_vgg16;"
             "torch.save(ssd300_vgg16(weights=None, weights_backbone=None, num_classes=21).state_dict(), sys.argv[1])", state],
            check=True)
        commands = {
            "ssd": [options.ssd, "detect", weights, picture, "--precision", options.precision, "--json", folder / "found.json"],
            "torchvision": [sys.executable, FOLDER / "peer.py", state, picture],
        }
        results = {name: [] for name in commands}
        for number in range(options.rounds + 1):
            for name, command in commands.items():
                result = run(command)
                if number > 0:
                    results[name].append(result)
        benchmark = subprocess.run(
            [options.ssd, "benchmark", "detect", weights, "--image", picture, "--precision", options.precision, "--json", "-"],
            check=True, stdout=subprocess.PIPE, text=True)
        network = json.loads(benchmark.stdout)["networkMilliseconds"]["p50"]
    print(f"{picture.name}, {options.precision}, {options.rounds} rounds")
    for name, values in results.items():
        times, memory = [value[0] for value in values], [value[1] for value in values]
        print(
            f"{name:<12} {statistics.median(times):7.0f} ms ({min(times):.0f} to {max(times):.0f}), "
            f"{statistics.median(memory):6.0f} MB at most")
    start = statistics.median(value[0] for value in results["ssd"])
    print(f"ssd: the network alone {network:.0f} ms, everything else {start - network:.0f} ms")


main()
