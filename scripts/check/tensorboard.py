#!/usr/bin/env python3
"""Reads the event files of a run as TensorBoard reads them, and compares them with metrics.jsonl.

    tensorboard.py RUN CLASSES ITERATIONS

Fails when a scalar differs from the log, a step occurs twice, or curves or pictures are missing.
"""
import io
import json
import pathlib
import struct
import sys

from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.pr_curve import plugin_data_pb2
from tensorboard.util import tensor_util

run, class_count, iterations = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
problems = []


def check(condition, text):
    if not condition:
        problems.append(text)


events = EventAccumulator(str(run), size_guidance={"scalars": 0, "tensors": 0, "images": 0})
events.Reload()
tags = events.Tags()
print("check-tensorboard: scalars", ", ".join(sorted(tags["scalars"])))

lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
steps = {line["iteration"]: line for line in lines if line["kind"] == "step"}
validations = {line["iteration"]: line for line in lines if line["kind"] == "validation"}
members = {
    "loss/total": (steps, "loss"), "loss/localization": (steps, "localizationLoss"),
    "loss/confidence": (steps, "confidenceLoss"), "schedule/learning rate": (steps, "learningRate"),
    "schedule/gradient norm": (steps, "gradientNorm"), "validation/loss": (validations, "loss"),
    "validation/mAP": (validations, "meanAveragePrecision"),
}
for tag, (log, member) in members.items():
    expected = {iteration: line[member] for iteration, line in log.items() if line.get(member) is not None}
    found = [(event.step, event.value) for event in events.Scalars(tag)]
    check(len(found) == len(set(step for step, _ in found)), f"{tag}: a step occurs twice")
    check(dict(found).keys() == expected.keys(), f"{tag}: steps {sorted(dict(found))}, the log has {sorted(expected)}")
    for step, value in found:
        as_float = struct.unpack("f", struct.pack("f", expected.get(step, float("nan"))))[0]
        check(value == as_float, f"{tag}, step {step}: {value} instead of {as_float}")
check(max(steps) == iterations, f"the log ends with step {max(steps)}")

curves = [tag for tag in tags["tensors"] if tag.startswith("precision and recall/")]
check(len(curves) == class_count, f"curves: {curves}")
for tag in curves:
    metadata = events.SummaryMetadata(tag)
    check(metadata.plugin_data.plugin_name == "pr_curves", f"{tag}: plug-in {metadata.plugin_data.plugin_name}")
    content = plugin_data_pb2.PrCurvePluginData.FromString(metadata.plugin_data.content)
    for event in events.Tensors(tag):
        values = tensor_util.make_ndarray(event.tensor_proto)
        check(values.shape == (6, content.num_thresholds), f"{tag}: shape {values.shape}")
        hits, false, _, missed, precision, recall = values
        objects = hits + missed
        check((objects == objects[0]).all(), f"{tag}: the number of objects changes with the threshold")
        check((recall[1:] <= recall[:-1]).all(), f"{tag}: recall rises with the threshold")
        claimed = hits + false
        check(abs((hits - precision * claimed)[claimed > 0]).max(initial=0) < 1e-3, f"{tag}: precision")

check(bool(tags["images"]), "there are no pictures")
for tag in tags["images"]:
    for event in events.Images(tag):
        picture = Image.open(io.BytesIO(event.encoded_image_string))
        picture.load()
        check(picture.size == (event.width, event.height), f"{tag}: {picture.size}")

for problem in problems:
    print(f"check-tensorboard: {problem}", file=sys.stderr)
files = len(list(run.glob("events.out.tfevents.*")))
print(
    f"check-tensorboard: {files} files, {len(steps)} logged steps, {len(curves)} curves, {len(tags['images'])} pictures, "
    f"{len(problems)} problems")
sys.exit(1 if problems else 0)
