"""Two or more programs measured in turn: each waits for a line on its standard input, works, and answers in JSON."""

import json
import os
import signal
import statistics
import subprocess


class Side:
    """A program that answers `step N` with lines of JSON, the first one when it is ready."""

    def __init__(self, name, command, answers_per_round=1):
        self.name = name
        self.answers = []
        self.answers_per_round = answers_per_round
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            start_new_session=True)
        self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended with status {self.process.wait()}")
        return json.loads(line)

    def work(self, count, counts=True):
        """Asks for `count` steps; they are remembered unless they only warm up."""
        self.process.stdin.write(f"step {count}\n")
        self.process.stdin.flush()
        answers = [self.read() for _ in range(count if self.answers_per_round is None else self.answers_per_round)]
        if counts:
            self.answers += answers
        return answers

    def pause(self):
        """Stops it, and what it has started: loaders work on while nobody asks."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def proceed(self):
        os.killpg(self.process.pid, signal.SIGCONT)

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def median(self, key=lambda answer: answer["seconds"]):
        return statistics.median(key(answer) for answer in self.answers)


def ratio_with_spread(a, b):
    """The ratio of two sides' medians, and the extremes of the rounds' ratios."""
    pairs = [x["seconds"] / y["seconds"] for x, y in zip(a.answers, b.answers)]
    return a.median() / b.median(), min(pairs), max(pairs)
