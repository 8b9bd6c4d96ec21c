"""Training and detection on a GPU, ours and tuned PyTorch's, in turn: one table, and the same as JSON."""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from alternate import Side, ratio_with_spread  # noqa: E402


class Measurement:
    def __init__(self, options):
        self.options = options
        self.began = time.monotonic()
        self.rows = []
        self.notes = []
        self.inside_kernels = {}

    def left(self):
        return self.options.budget - (time.monotonic() - self.began)

    def peer(self, work, kind, *more):
        return [self.options.python, FOLDER / "peer.py", work, "--kind", kind, "--device", self.options.device, *more]

    def compare(self, name, batch, ours, peers, loads=False):
        """Rounds of about `round` seconds each, after one that counts for nothing, one side at a time. Images a second."""
        if self.left() < 0:
            self.notes.append(f"{name}: left out, the time was over")
            return
        sides = []
        for label, command in [("ssd", ours), *peers]:
            try:
                side = Side(label, command)
                # Algorithms are searched and graphs captured in the first steps.
                side.work(4, counts=False)
                per_step = side.work(4, counts=False)[0]["seconds"] / 4
                # What was loaded while nobody asked shall not matter.
                side.steps = max(2, round(self.options.round * (3 if loads else 1) / per_step))
                side.work(side.steps, counts=False)
                side.pause()
                sides.append(side)
            except (SystemExit, OSError) as error:
                self.notes.append(f"{name}: {error}")
        for _ in range(self.options.rounds):
            for side in list(sides):
                try:
                    side.proceed()
                    side.work(side.steps)
                    side.pause()
                except (SystemExit, OSError) as error:
                    sides.remove(side)
                    self.notes.append(f"{name}: {error}")
        row = {"what": name, "batch": batch, "imagesPerSecond": {}, "ratio": {}, "spread": {}}
        for side in sides:
            side.proceed()
            side.close()
            for answer in side.answers:
                answer["seconds"] /= answer["count"] * batch
            row["imagesPerSecond"][side.name] = 1 / side.median()
        if sides and sides[0].name == "ssd":
            for side in sides[1:]:
                ratio, low, high = ratio_with_spread(side, sides[0])
                row["ratio"][side.name], row["spread"][side.name] = ratio, [low, high]
        self.rows.append(row)
        self.write()

    def write(self):
        """What there is so far: something may put an end to the rest."""
        if self.options.json:
            findings = {"rows": self.rows, "kernels": self.inside_kernels, "notes": self.notes}
            Path(self.options.json).write_text(json.dumps(findings, indent=2) + "\n")

    def training(self, name, data):
        options = self.options
        sizes = ["--batch", options.batch]
        source = ["--data", data, "--workers", options.workers] if data else []
        ours = [
            options.ssd, "benchmark", "train", options.model, "--device", options.device, "--precision", "bfloat16",
            "--ahead", "--on-demand", "--learning-rate", "1e-4", *sizes, *source]
        kinds = options.peers[:1] if data else options.peers
        peers = [(kind, self.peer("train", kind, *sizes, *source)) for kind in kinds]
        self.compare(name, options.batch, ours, peers, loads=data is not None)

    def detection(self, batch):
        options = self.options
        ours = [
            options.ssd, "benchmark", "detect", options.model, "--engine", "torch", "--device", options.device,
            "--precision", "bfloat16", "--batch", batch, "--on-demand"]
        # A compilation for each batch size would take longer than everything else.
        peers = [(kind, self.peer("detect", kind, "--batch", batch)) for kind in options.peers[:1]]
        self.compare("detection", batch, ours, peers)

    def kernels(self):
        options = self.options
        command = [
            options.ssd, "benchmark", "train", options.model, "--device", options.device, "--precision", "bfloat16",
            "--ahead", "--learning-rate", "1e-4", "--batch", options.batch, "--steps", options.kernel_steps,
            "--warm-up", 5, "--json", "-"]
        result = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True)
        if result.returncode:
            self.notes.append(f"time inside kernels: ssd ended with status {result.returncode}")
            return
        self.inside_kernels = json.loads(result.stdout)

    def table(self):
        peers = self.options.peers
        lines = [
            f"{'images/s':26}{'batch':>6}{'ssd':>10}"
            + "".join(f"{kind:>12}{'ssd/' + kind:>14}" for kind in peers)]
        for row in self.rows:
            speed = row["imagesPerSecond"]

            def number(value, digits):
                return "-" if value is None else f"{value:.{digits}f}"

            lines.append(
                f"{row['what']:26}{row['batch']:>6}{number(speed.get('ssd'), 1):>10}"
                + "".join(
                    f"{number(speed.get(kind), 1):>12}{number(row['ratio'].get(kind), 2):>14}" for kind in peers))
        return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ssd", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--model", default="ssd300")
    parser.add_argument("--data", help="a Pascal VOC folder and its list")
    parser.add_argument("--peers", default="graphs,compiled", help="some of graphs, compiled; only the first for pictures and detection")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--detection-batches", default="1,8,64")
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--round", type=float, default=1.5, help="seconds")
    parser.add_argument("--kernel-steps", type=int, default=20)
    parser.add_argument("--budget", type=float, default=400, help="seconds after which nothing more is begun")
    parser.add_argument("--json")
    options = parser.parse_args()
    options.peers = [kind for kind in options.peers.split(",") if kind]

    measurement = Measurement(options)
    measurement.training("training, noise", None)
    if measurement.left() > 0:
        measurement.kernels()
    for batch in options.detection_batches.split(","):
        measurement.detection(int(batch))
    if options.data:
        measurement.training("training, pictures", options.data)
        measurement.notes.append(
            "pictures: PyTorch's come from the tutorial's pipeline (PIL), so that this row is about loading as well")

    print(measurement.table())
    kernels = measurement.inside_kernels
    if kernels.get("kernelShare") is not None:
        print(
            f"\ninside kernels: {100 * kernels['kernelShare']:.1f} % of a step of training "
            f"({kernels['kernelsPerStep']:.0f} kernels)")
    for note in measurement.notes:
        print(f"note: {note}")
    measurement.write()


if __name__ == "__main__":
    main()
