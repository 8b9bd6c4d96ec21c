"""Times post-processing on one stress input: ours, one after torchvision's model, and the plain PyTorch loop of tutorials.

    PYTHON Benchmarks/postprocessing/compare.py [--ssd .build/release/ssd]

PYTHON needs torch, torchvision, numpy and safetensors (Benchmarks/peers/requirements.txt). The input: 8732 priors, 20
classes, and noise for scores, so that 54,000 of them pass the threshold, as those of a network that has just begun to
learn do. The settings are those of evaluation: score above 0.01, overlap at most 0.45, 200 detections. All three must find the
same boxes.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy
import torch
from safetensors.numpy import save_file
from torchvision.ops import batched_nms, box_iou

CANDIDATES = 54_000
SCORE, OVERLAP, LIMIT = 0.01, 0.45, 200


def stress_input():
    """Offsets and class scores; the scores' spread is what gives the wanted number of candidates."""
    noise = numpy.random.default_rng(0)
    locations = noise.standard_normal((1, 8732, 4), numpy.float32)
    scores = noise.standard_normal((1, 8732, 21), numpy.float32)
    low, high = 0.1, 20.0
    for _ in range(40):
        spread = (low + high) / 2
        count = int((torch.from_numpy(scores * spread).softmax(2)[0, :, 1:] > SCORE).sum())
        low, high = (spread, high) if count > CANDIDATES else (low, spread)
    return locations, (scores * numpy.float32(spread)).astype(numpy.float32), count


def prior_boxes():
    """SSD300's priors, (8732, 4): centre and size, as fractions; those of the preset `ssd300`."""
    sizes, scales = [38, 19, 10, 5, 3, 1], [0.1, 0.2, 0.375, 0.55, 0.725, 0.9]
    few, many = [1, 2, 0.5], [1, 2, 3, 0.5, 0.333]
    boxes = []
    for index, (size, scale) in enumerate(zip(sizes, scales)):
        extra = (scale * scales[index + 1]) ** 0.5 if index < 5 else 1.0
        for row in range(size):
            for column in range(size):
                for ratio in few if index in (0, 4, 5) else many:
                    shapes = [(scale * ratio**0.5, scale / ratio**0.5)] + ([(extra, extra)] if ratio == 1 else [])
                    for width, height in shapes:
                        boxes.append([(column + 0.5) / size, (row + 0.5) / size, min(width, 1), min(height, 1)])
    boxes = torch.tensor(boxes, dtype=torch.float64)
    corners = torch.cat([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], 1).clamp(0, 1)
    return torch.cat([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], 1).float()


def decoded(locations, priors):
    centers = locations[:, :2] * 0.1 * priors[:, 2:] + priors[:, :2]
    sizes = torch.exp(locations[:, 2:] * 0.2) * priors[:, 2:]
    return torch.cat([centers - sizes / 2, centers + sizes / 2], 1)


def after_torchvision(locations, scores, priors):
    """Class by class the 400 best over the threshold, then one compiled suppression for all classes."""
    boxes, probabilities = decoded(locations, priors), scores.softmax(1)
    all_boxes, all_scores, all_labels = [], [], []
    for label in range(1, scores.shape[1]):
        column = probabilities[:, label]
        chosen = (column > SCORE).nonzero()[:, 0]
        best, order = column[chosen].topk(min(400, len(chosen)))
        all_boxes.append(boxes[chosen[order]])
        all_scores.append(best)
        all_labels.append(torch.full_like(best, label, dtype=torch.int64))
    boxes, scores, labels = torch.cat(all_boxes), torch.cat(all_scores), torch.cat(all_labels)
    kept = batched_nms(boxes, scores, labels, OVERLAP)[:LIMIT]
    return boxes[kept], scores[kept], labels[kept]


def plain_loop(locations, scores, priors):
    """All candidates of a class against each other, and a loop over them in Python."""
    boxes, probabilities = decoded(locations, priors), scores.softmax(1)
    all_boxes, all_scores, all_labels = [], [], []
    for label in range(1, scores.shape[1]):
        column = probabilities[:, label]
        mask = column > SCORE
        best, order = column[mask].sort(descending=True)
        candidates = boxes[mask][order]
        overlaps = box_iou(candidates, candidates)
        dropped = torch.zeros(len(candidates), dtype=torch.bool)
        for place in range(len(candidates)):
            if not dropped[place]:
                dropped |= overlaps[place] > OVERLAP
                dropped[place] = False
        all_boxes.append(candidates[~dropped])
        all_scores.append(best[~dropped])
        all_labels.append(torch.full((int((~dropped).sum()),), label))
    boxes, scores, labels = torch.cat(all_boxes), torch.cat(all_scores), torch.cat(all_labels)
    best, order = scores.sort(descending=True)
    return boxes[order][:LIMIT], best[:LIMIT], labels[order][:LIMIT]


def timed(function, arguments, runs):
    function(*arguments)
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        result = function(*arguments)
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times), result


def ours(ssd, file, *options):
    command = [ssd, "benchmark", "boxes", file, "--json", "-", *options]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    found = report["detections"]
    return report["milliseconds"]["p50"], tuple(
        torch.tensor([entry[key] for entry in found]) for key in ("box", "score", "classIndex"))


def differs(ours, theirs):
    """None, or in words how two lists of detections differ. Scores that are equal to the last bits may swap places."""
    if len(ours[0]) != len(theirs[0]):
        return f"{len(ours[0])} detections instead of {len(theirs[0])}"
    unmatched = 0
    for box, score, label in zip(*ours):
        same = (theirs[2] == label) & ((theirs[1] - score).abs() < 1e-5) & ((theirs[0] - box).abs().amax(1) < 1e-4)
        unmatched += int(not same.any())
    return f"{unmatched} detections have no equal" if unmatched else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ssd", default=".build/release/ssd", help="the program to measure")
    options = parser.parse_args()
    locations, scores, count = stress_input()
    arguments = torch.from_numpy(locations[0]), torch.from_numpy(scores[0]), prior_boxes()
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        file = Path(folder, "stress.safetensors")
        save_file({"locations": locations, "scores": scores}, file)
        exact, limited = ours(options.ssd, file), ours(options.ssd, file, "--candidates", "400")
        rows = [
            ("plain loop in PyTorch", *timed(plain_loop, arguments, 3)),
            ("after torchvision, 400 a class", *timed(after_torchvision, arguments, 20)),
            ("ssd, exact", *exact),
            ("ssd, 400 a class", *limited),
        ]
    print(f"{count} candidates, torch {torch.__version__}, {torch.get_num_threads()} threads (ssd: 1)")
    for name, milliseconds, _ in rows:
        print(f"{name:<32} {milliseconds:9.2f} ms")
    failures = [
        f"{name}: {words}"
        for name, words in (("exact", differs(exact[1], rows[0][2])), ("400 a class", differs(limited[1], rows[1][2]))) if words]
    sys.exit("\n".join(failures) or None)


main()
