"""Builds SSD300 in PyTorch from a model that `ssd convert` or `ssd export` wrote, and compares its outputs with those
in an example that `ssd export --example` wrote; see pytorch.sh."""
import json
import re
import sys

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import load_file

# Relative to the largest output: single ones pass through zero.
LIMIT = 1e-4


class Network:
    def __init__(self, file):
        self.weights = load_file(file)
        with safe_open(file, "pt") as archive:
            self.metadata = archive.metadata()
        self.blocks = sorted({int(n) for name in self.weights for n in re.findall(r"^aux_convs\.conv(\d+)_", name)})

    def convolve(self, name, images, rectify=True, **options):
        w = self.weights
        images = F.conv2d(images, w[f"{name}.weight"], w[f"{name}.bias"], **options)
        norm = name.replace(".conv", ".bn")
        if f"{norm}.running_mean" in w:
            images = F.batch_norm(
                images, w[f"{norm}.running_mean"], w[f"{norm}.running_var"], w[f"{norm}.weight"], w[f"{norm}.bias"])
        return F.relu(images) if rectify else images

    def __call__(self, x):
        for block, depth in enumerate([2, 2, 3, 3, 3], 1):
            for position in range(1, depth + 1):
                x = self.convolve(f"base.conv{block}_{position}", x, padding=1)
            if block == 4:
                conv4_3 = x
            x = F.max_pool2d(x, 3, 1, 1) if block == 5 else F.max_pool2d(x, 2, ceil_mode=block == 3)
        x = self.convolve("base.conv7", self.convolve("base.conv6", x, padding=6, dilation=6))
        length = (conv4_3.pow(2).sum(1, keepdim=True) + 1e-10).sqrt()
        maps = {"conv4_3": conv4_3 / length * self.weights["rescale_factors"], "conv7": x}
        for block in self.blocks:
            strided = block < 10
            x = self.convolve(f"aux_convs.conv{block}_1", x)
            x = self.convolve(f"aux_convs.conv{block}_2", x, stride=2 if strided else 1, padding=1 if strided else 0)
            maps[f"conv{block}_2"] = x

        def stacked(kind, width):
            return torch.cat([
                self.convolve(f"pred_convs.{kind}_{name}", features, rectify=False, padding=1)
                .permute(0, 2, 3, 1).reshape(features.shape[0], -1, width) for name, features in maps.items()], 1)
        return {"locations": stacked("loc", 4), "scores": stacked("cl", self.classes + 1)}


def main(model, example):
    network, expected = Network(model), load_file(example)
    configuration = json.loads(network.metadata["configuration"])
    network.classes = len(configuration["classes"])
    rule = {key: torch.tensor(value) for key, value in configuration["normalization"].items()}
    images = (expected["images"] * rule["scale"] - rule["mean"].view(1, 3, 1, 1)) / rule["deviation"].view(1, 3, 1, 1)
    fine = True
    for name, output in network(images).items():
        error = ((output - expected[name]).abs().max() / expected[name].abs().max()).item()
        print(f"{name}: largest error {error:.2e} of the largest output")
        fine &= error < LIMIT
    return fine


sys.exit(0 if main(*sys.argv[1:]) else 1)
