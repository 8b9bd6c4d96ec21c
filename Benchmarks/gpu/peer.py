"""SSD300 in PyTorch on a GPU, tuned: bfloat16 autocast, channels last, the fused optimiser, a loss without a look at the
data from the program, and the whole step in one CUDA graph. `compiled` runs network and loss through torch.compile
before the step is captured.

Reads one line a measurement from standard input (`step COUNT`), does as many steps, and answers with a line of JSON.
"""

import argparse
import json
import random
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER.parent / "training"), str(FOLDER.parent / "data")]

from peer import SSD300, boundary, images, initialize, objects, overlaps, prior_boxes  # noqa: E402

MEAN = torch.tensor([0.485, 0.456, 0.406])
DEVIATION = torch.tensor([0.229, 0.224, 0.225])
ROOM = 8


class MultiBoxLoss(torch.nn.Module):
    """The loss over padded objects (class 0 is none): every shape is known beforehand."""

    def __init__(self, priors):
        super().__init__()
        self.register_buffer("priors", priors)
        self.register_buffer("corners", boundary(priors))

    def targets(self, boxes, labels):
        count, room = labels.shape
        shared = overlaps(boxes.view(-1, 4), self.corners).view(count, room, -1)
        shared = torch.where(labels.unsqueeze(2) > 0, shared, -1.0)
        best, owner = shared.max(dim=1)
        favourite = shared.max(dim=2)[1]
        # The best prior of an object is the object's, a later object's before an earlier one's.
        places = torch.arange(room, device=boxes.device)
        for place in range(room):
            mine = (torch.arange(shared.shape[2], device=boxes.device) == favourite[:, place, None]) & (
                labels[:, place, None] > 0)
            owner = torch.where(mine, places[place], owner)
            best = torch.where(mine, 1.0, best)
        classes = torch.where(best < 0.5, 0, labels.gather(1, owner))
        matched = boxes.gather(1, owner.unsqueeze(2).expand(-1, -1, 4))
        size = (matched[..., 2:] - matched[..., :2]).clamp(min=1e-6)
        centre = (matched[..., 2:] + matched[..., :2]) / 2
        offsets = torch.cat(
            [(centre - self.priors[:, :2]) / (self.priors[:, 2:] / 10), torch.log(size / self.priors[:, 2:]) * 5],
            dim=2)
        return classes, offsets

    def forward(self, locations, scores, boxes, labels):
        with torch.no_grad():
            classes, offsets = self.targets(boxes, labels)
            positive = (classes > 0).float()
            positives = positive.sum().clamp(min=1)
        localization = (F.smooth_l1_loss(locations, offsets, reduction="none").sum(dim=2) * positive).sum()
        surprise = F.cross_entropy(scores.transpose(1, 2), classes, reduction="none")
        hard = (surprise * (1 - positive)).sort(dim=1, descending=True)[0]
        rank = torch.arange(hard.shape[1], device=hard.device)
        taken = (rank < 3 * positive.sum(dim=1, keepdim=True)).float()
        return (localization + (surprise * positive).sum() + (hard * taken).sum()) / positives


def padded(boxes, labels):
    room = max(ROOM, *(len(found) for found in labels))
    all_boxes, all_labels = torch.zeros(len(labels), room, 4), torch.zeros(len(labels), room, dtype=torch.long)
    for i, (found, classes) in enumerate(zip(boxes, labels)):
        all_boxes[i, : len(found)], all_labels[i, : len(found)] = found, classes
    return all_boxes, all_labels


class Pictures(torch.utils.data.Dataset):
    """A Pascal VOC folder through the pipeline of `Benchmarks/data`, as bytes and at most ROOM objects."""

    def __init__(self, folder, split):
        import importlib.util

        # `peer` is the name of the other module, too.
        specification = importlib.util.spec_from_file_location("data_peer", FOLDER.parent / "data/peer.py")
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        import tutorial_pipeline

        self.pipeline, self.images = tutorial_pipeline, module.annotated(folder, split)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, place):
        path, boxes = self.images[place]
        pixels, boxes = self.pipeline.sample(self.pipeline.opened(path), boxes)
        pixels = (pixels.permute(1, 2, 0) * DEVIATION + MEAN).mul(255).round().clamp(0, 255).byte()
        boxes = boxes[:ROOM]
        return pixels, *(x[0] for x in padded([boxes], [torch.ones(len(boxes), dtype=torch.long)]))


def batches(options):
    if not options.data:
        batch = (images(options.batch, 300), *padded(*objects(options.batch)))
        while True:
            yield batch
    data = Path(options.data)
    loader = torch.utils.data.DataLoader(
        Pictures(data.parent, data.name), batch_size=options.batch, shuffle=True, drop_last=True,
        num_workers=options.workers, prefetch_factor=1, pin_memory=options.device != "cpu", persistent_workers=True,
        worker_init_fn=lambda number: random.seed(number))
    while True:
        yield from loader


def captured(work):
    """A CUDA graph of what `work` does, and the tensors that it leaves its results in."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            work()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        result = work()
    return graph, result


class Training:
    def __init__(self, options):
        self.options, self.device = options, torch.device(options.device)
        self.network = SSD300().train()
        initialize(self.network)
        self.network.to(self.device, memory_format=torch.channels_last)
        self.loss = MultiBoxLoss(prior_boxes()).to(self.device)
        self.mean, self.deviation = MEAN.to(self.device) * 255, DEVIATION.to(self.device) * 255
        self.compute = self.network_and_loss
        if options.kind == "compiled":
            self.compute = torch.compile(self.network_and_loss)
        biases, others = [], []
        for name, parameter in self.network.named_parameters():
            (biases if name.endswith(".bias") else others).append(parameter)
        self.optimizer = torch.optim.SGD(
            [{"params": biases, "lr": 2 * options.learning_rate}, {"params": others}],
            lr=options.learning_rate, momentum=0.9, weight_decay=5e-4, fused=True)
        self.batches = batches(options)
        self.inputs = [x.to(self.device) for x in next(self.batches)]
        self.graph, self.result = None, None

    def network_and_loss(self, pixels, boxes, labels):
        x = ((pixels.float() - self.mean) / self.deviation).permute(0, 3, 1, 2)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            locations, scores = self.network(x.contiguous(memory_format=torch.channels_last))
        return self.loss(locations.float(), scores.float(), boxes, labels)

    def update(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.compute(*self.inputs)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def prepare(self):
        if self.device.type == "cuda":
            self.graph, self.result = captured(self.update)

    def step(self):
        for target, source in zip(self.inputs, next(self.batches)):
            if target.shape == source.shape:
                target.copy_(source if self.device.type == "cpu" or source.is_pinned() else source.pin_memory(),
                             non_blocking=True)
        if self.graph:
            self.graph.replay()
            return self.result
        return self.update()

    def run(self, count):
        start = time.perf_counter()
        for _ in range(count):
            loss = self.step()
        value = loss.item()
        return {"seconds": time.perf_counter() - start, "count": count, "loss": value}

    def kernel_share(self, count):
        """The share of the time of `count` steps that kernels run in, and how many there are in a step."""
        seconds = self.run(count)["seconds"]
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profile:
            self.run(count)
        spans = sorted(
            (event.time_range.start, event.time_range.end) for event in profile.events()
            if event.device_type == torch.autograd.DeviceType.CUDA
            and not event.name.startswith(("Memcpy", "Memset", "cudaGraph")))
        covered, reached = 0.0, 0.0
        for start, end in spans:
            covered += max(0.0, end - max(start, reached))
            reached = max(reached, end)
        return {"kernelShare": covered * 1e-6 / seconds, "kernelsPerStep": len(spans) / count}


class Inference:
    """From pixels in ordinary memory to predictions in ordinary memory."""

    def __init__(self, options):
        self.options, self.device = options, torch.device(options.device)
        self.network = SSD300().eval()
        initialize(self.network)
        self.network.to(self.device, memory_format=torch.channels_last)
        self.mean, self.deviation = MEAN.to(self.device) * 255, DEVIATION.to(self.device) * 255
        self.compute = torch.compile(self.predict) if options.kind == "compiled" else self.predict
        self.source = images(options.batch, 300)
        self.pixels = self.source.to(self.device)
        self.graph, self.result, self.copy = None, None, None

    @torch.inference_mode()
    def predict(self, pixels):
        x = ((pixels.float() - self.mean) / self.deviation).permute(0, 3, 1, 2)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            locations, scores = self.network(x.contiguous(memory_format=torch.channels_last))
        return locations.float(), scores.float()

    def prepare(self):
        if self.device.type == "cuda":
            self.graph, self.result = captured(lambda: self.compute(self.pixels))
            self.staging = self.source.pin_memory()
            self.copy = [torch.empty(x.shape, dtype=x.dtype, pin_memory=True) for x in self.result]

    def run(self, count):
        start = time.perf_counter()
        for _ in range(count):
            if not self.graph:
                self.compute(self.source.to(self.device))
                continue
            self.staging.copy_(self.source)
            self.pixels.copy_(self.staging, non_blocking=True)
            self.graph.replay()
            for target, source in zip(self.copy, self.result):
                target.copy_(source, non_blocking=True)
            torch.cuda.synchronize()
            [target.clone() for target in self.copy]
        return {"seconds": time.perf_counter() - start, "count": count}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=["train", "detect"])
    parser.add_argument("--kind", choices=["graphs", "compiled"], default="graphs")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--data", help="a Pascal VOC folder and its list, such as VOC2007/trainval")
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=1e-4)
    parser.add_argument("--kernels", type=int, default=0, help="steps to look at kernels for before anything is measured")
    options = parser.parse_args()
    torch.manual_seed(0)
    torch.backends.cudnn.benchmark = True
    side = (Training if options.work == "train" else Inference)(options)
    side.prepare()
    share = side.kernel_share(options.kernels) if options.kernels and options.device != "cpu" else {}
    print(json.dumps({"ready": torch.__version__, **share}), flush=True)
    for line in sys.stdin:
        print(json.dumps(side.run(int(line.split()[1]))), flush=True)


if __name__ == "__main__":
    main()
