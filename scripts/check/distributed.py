#!/usr/bin/env python3
"""What scripts/check/distributed.sh and emulated-gpu.sh need to know of safetensors files and logs. Standard library only.

  distributed.py plain CHECKPOINT OUTPUT   the model of a checkpoint, without its batch normalisations
  distributed.py same CHECKPOINT OTHER     two checkpoints: the same tensors, bit for bit
  distributed.py compare RUN OTHER         two runs' folders: weights and losses within 1e-5
"""
import array
import json
import struct
import sys

TOLERANCE = 1e-5


def read(path):
    """The header of a safetensors file and its tensors' bytes by name."""
    with open(path, "rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(size))
        data = file.read()
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = (entry, data[begin:end])
    return metadata, tensors


def floats(contents):
    values = array.array("f")
    values.frombytes(contents)
    return values


def plain(source, target):
    metadata, tensors = read(source)
    configuration = json.loads(metadata["configuration"])
    configuration["base"]["hasBatchNormalization"] = False
    metadata["configuration"] = json.dumps(configuration)
    metadata.pop("training")
    header, data = {"__metadata__": metadata}, b""
    for name, (entry, contents) in tensors.items():
        if name.startswith("momentum.") or any(part.startswith("bn") for part in name.split(".")):
            continue
        if name.startswith("pred_convs."):
            # Without normalisation the maps are large, and so would the first losses be.
            contents = array.array("f", [0.1 * value for value in floats(contents)]).tobytes()
        header[name] = dict(entry, data_offsets=[len(data), len(data) + len(contents)])
        data += contents
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(target, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def same(path, other):
    if read(path)[1] != read(other)[1]:
        sys.exit("the tensors differ")


def compare(run, other):
    _, tensors = read(f"{run}/last.safetensors")
    _, others = read(f"{other}/last.safetensors")
    if tensors.keys() != others.keys():
        sys.exit("the checkpoints hold other tensors")
    if any(part.startswith("bn") for name in tensors for part in name.split(".")):
        sys.exit("with batch normalisation, runs on one rank and on several differ")
    worst = 0.0
    for name, (_, contents) in tensors.items():
        # Momentum holds gradients: sums with so much cancellation that only their effect can be compared.
        if name.startswith("momentum."):
            continue
        expected = floats(others[name][1])
        largest = max(1.0, max(abs(value) for value in expected))
        difference = max(abs(a - b) for a, b in zip(floats(contents), expected)) / largest
        if not difference <= TOLERANCE:
            sys.exit(f"{name} differs by {difference:.2g}")
        worst = max(worst, difference)

    def figures(folder):
        with open(f"{folder}/metrics.jsonl") as file:
            lines = [json.loads(line) for line in file]
        return {(line["kind"], line["iteration"]): line for line in lines}

    found, expected = figures(run), figures(other)
    common = found.keys() & expected.keys()
    if not common:
        sys.exit("the logs have no iteration in common")
    for key in common:
        for figure in ("loss", "gradientNorm", "images", "meanAveragePrecision"):
            a, b = found[key].get(figure, 0), expected[key].get(figure, 0)
            # A score is a matter of which box comes first, and two may be as good as equal.
            tolerance = 1e-3 if figure == "meanAveragePrecision" else TOLERANCE * max(1, abs(b))
            if not abs(a - b) <= tolerance:
                sys.exit(f"{figure} of {key} is {a} and {b}")
            if figure == "loss":
                worst = max(worst, abs(a - b) / max(1, abs(b)))
    print(f"weights and the losses of {len(common)} lines differ by {worst:.1g} at most")


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    {"plain": plain, "same": same, "compare": compare}[command](*arguments)
