"""SSD300 in PyTorch, from the safetensors that `ssd export` writes."""

import torch
from safetensors.torch import load_file
from torch.nn import functional

# Convolutions of VGG-16; a number is a pooling's (kernel, stride, rounds up).
BASE = [
    "conv1_1", "conv1_2", (2, 2, False), "conv2_1", "conv2_2", (2, 2, False),
    "conv3_1", "conv3_2", "conv3_3", (2, 2, True), "conv4_1", "conv4_2", "conv4_3", (2, 2, False),
    "conv5_1", "conv5_2", "conv5_3", (3, 1, False), "conv6", "conv7",
]
AUXILIARY = {"conv8": (2, 1), "conv9": (2, 1), "conv10": (1, 0), "conv11": (1, 0)}
MAPS = ["conv4_3", "conv7", "conv8_2", "conv9_2", "conv10_2", "conv11_2"]


class Network(torch.nn.Module):
    """Raw pixels, (N, 3, 300, 300), 0...255, to offsets (N, 8732, 4) and scores (N, 8732, classes + 1)."""

    def __init__(self, weights, normalization):
        super().__init__()
        arrays = load_file(weights)
        self.rescale = torch.nn.Parameter(arrays.pop("rescale_factors"))
        self.layers = torch.nn.ModuleDict()
        for name in sorted({name.rsplit(".", 1)[0] for name in arrays}):
            kernel = arrays[f"{name}.weight"]
            layer = torch.nn.Conv2d(kernel.shape[1], kernel.shape[0], kernel.shape[2:])
            layer.weight.data, layer.bias.data = kernel, arrays[f"{name}.bias"]
            self.layers[name.replace(".", "/")] = layer
        self.columns = arrays["pred_convs.cl_conv11_2.bias"].shape[0] // 4
        deviation = torch.tensor(normalization["deviation"])
        mean = torch.tensor(normalization["mean"])
        self.register_buffer("factor", (normalization["scale"] / deviation).view(1, 3, 1, 1))
        self.register_buffer("shift", (-mean / deviation).view(1, 3, 1, 1))

    def convolution(self, name, x, stride=1, padding=1, dilation=1):
        layer = self.layers[name]
        return functional.conv2d(x, layer.weight, layer.bias, stride, padding, dilation)

    def forward(self, pixels):
        x = pixels * self.factor + self.shift
        maps = {}
        for layer in BASE:
            if isinstance(layer, tuple):
                kernel, stride, rounds_up = layer
                x = functional.max_pool2d(x, kernel, stride, padding=kernel // 2 if stride == 1 else 0, ceil_mode=rounds_up)
                continue
            padding, dilation = {"conv6": (6, 6), "conv7": (0, 1)}.get(layer, (1, 1))
            x = functional.relu(self.convolution(f"base/{layer}", x, 1, padding, dilation))
            maps[layer] = x
        features = maps["conv4_3"]
        length = ((features * features).sum(1, keepdim=True) + 1e-10).sqrt()
        maps["conv4_3"] = features / length * self.rescale
        for block, (stride, padding) in AUXILIARY.items():
            x = functional.relu(self.convolution(f"aux_convs/{block}_1", x, padding=0))
            x = functional.relu(self.convolution(f"aux_convs/{block}_2", x, stride, padding))
            maps[f"{block}_2"] = x

        def rows(kind, width):
            parts = [self.convolution(f"pred_convs/{kind}_{name}", maps[name]) for name in MAPS]
            return torch.cat([part.permute(0, 2, 3, 1).reshape(1, -1, width) for part in parts], 1)

        return rows("loc", 4), rows("cl", self.columns)
