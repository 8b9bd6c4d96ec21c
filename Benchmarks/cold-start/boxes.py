"""Times `ssd detect` on one picture from the start of the process to its boxes, beside the network's own time.

    python3 Benchmarks/cold-start/boxes.py MODEL PICTURE [--ssd .build-native/ssd] [--turns 10]

Each turn starts the program five times, then lets `ssd benchmark` time a network of the same preset whose weights are packed.
The model's file is read before, so that it comes from memory.
"""

import argparse
import json
import os
import statistics
import subprocess
import time


def start(command):
    """Milliseconds from the start of the process to the first byte of its boxes, and to its end."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    os.read(process.stdout.fileno(), 1)
    boxes = time.perf_counter() - began
    process.communicate()
    if process.returncode:
        raise SystemExit(f"{command[0]} failed")
    return 1e3 * boxes, 1e3 * (time.perf_counter() - began)


def network(ssd, model, precision):
    command = [ssd, "benchmark", model, "--precision", precision, "--runs", "10", "--json", "-"]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return json.loads(output)["networkMilliseconds"]["p50"]


def spread(values):
    return f"{statistics.median(values):5.0f} ({min(values):.0f} to {max(values):.0f})"


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("model")
parser.add_argument("picture")
parser.add_argument("--ssd", default=".build-native/ssd")
parser.add_argument("--turns", type=int, default=10)
options = parser.parse_args()
print("milliseconds, medians (least to greatest) of the turns; boxes and end: beyond the network's time")
for precision in ("float32", "bfloat16"):
    detect = [options.ssd, "detect", options.model, options.picture, "--precision", precision, "--json", "-"]
    networks, boxes, ends = [], [], []
    for _ in range(options.turns):
        start(detect)
        times = [start(detect) for _ in range(5)]
        networks.append(network(options.ssd, options.model, precision))
        boxes.append(statistics.median(time for time, _ in times) - networks[-1])
        ends.append(statistics.median(time for _, time in times) - networks[-1])
    print(f"{precision:9} network {spread(networks)}  boxes + {spread(boxes)}  end + {spread(ends)}")
