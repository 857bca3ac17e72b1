"""Feeds the reply parser, and the readers behind it, with what no candidate should say.

Belongs here: at least ten million bytes of seeded inputs, and what came of them. Does not belong
here: making the inputs (`tests/evaluators/hostile/reply_mutations.py`), the small test of the same
property.

    .venv/bin/python benchmarks/fuzz_replies.py [--bytes N] [--seed S] [--atheris RUNS]

Reads each input with `parse_step`; what it takes for a step goes on to the order, action and
diagnosis readers, and so do phrases made for them. Prints bytes, inputs, errors by class, the
slowest input and the peak of memory. Exits 1

* on an exception that is not the parser's own (`ReplyError`); the readers may raise none;
* when one input takes the parser more than 50 ms and 2 ms for each KiB, or a reader more than
  250 ms, of processor time, the best of three;
* when doubling a pile of pieces, from 16 to 32 and to 64 KiB, more than triples the parser's time
  (where that is above 10 ms): linear doubles, quadratic quadruples.

`--atheris` feeds what atheris finds instead, for whoever has installed it: it is no dependency of
this project.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import itertools
import json
import os
import random
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "evaluators" / "hostile")]

from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402
from hypothesis import seed as hypothesis_seed  # noqa: E402
from reply_mutations import ANY_REPLY, PIECES, SEEDS, inputs, phrases  # noqa: E402

from evaluators.catalogue import load_catalogue  # noqa: E402
from evaluators.encounter._conduct import Conduct, names_other_record  # noqa: E402
from evaluators.encounter.actions import ActionResolver  # noqa: E402
from evaluators.encounter.orders import OrderResolver  # noqa: E402
from evaluators.encounter.protocol import Step  # noqa: E402
from evaluators.encounter.replies import ReplyError, is_blank, is_refusal, parse_step  # noqa: E402
from evaluators.encounter.tools.registry import tool_of  # noqa: E402
from evaluators.scoring.diagnosis import DiagnosisMatcher  # noqa: E402
from evaluators.scoring.wording import is_conditional  # noqa: E402

LEAST_BYTES = 10_000_000
PARSER_MS = 50.0
PARSER_MS_PER_KIB = 2.0
READER_MS = 250.0
DOUBLING = 3.0
DOUBLING_FROM_MS = 10.0
HYPOTHESIS_INPUTS = 4_000
PHRASES = 4_000


def milliseconds(run: Callable[[], object]) -> float:
    """Processor time of one run."""
    began = time.thread_time()
    run()
    return (time.thread_time() - began) * 1e3


@dataclass
class Tally:
    """What came of all inputs."""

    bytes: int = 0
    inputs: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    slowest: dict[str, tuple[float, str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def fault(self, what: str, text: str) -> None:
        """Note what must not happen, with the beginning of the input, which is nobody's data."""
        if len(self.faults) < 20:
            self.faults.append(f"{what}: {text[:120]!r} ({len(text)} characters)")

    def timed(self, reader: str, text: str, run: Callable[[], object], allowed: float) -> None:
        """Run, and note the time; over the allowed it is run twice more and the best counts."""
        took = milliseconds(run)
        if took > allowed:
            took = min(took, milliseconds(run), milliseconds(run))
        if took > self.slowest.get(reader, (0.0, ""))[0]:
            self.slowest[reader] = (took, text)
        if took > allowed:
            self.fault(f"{reader} took {took:.0f} ms where {allowed:.0f} are allowed", text)


class Readers:
    """Everything that reads a candidate's words, nothing remembered from one input to the next."""

    def __init__(self, tally: Tally, seed: int) -> None:
        self.seed = seed
        catalogue = load_catalogue()
        orders = OrderResolver(catalogue)
        actions = ActionResolver(catalogue)
        diagnoses = DiagnosisMatcher(catalogue, "gastroenterology")
        conduct = Conduct(("a report of thirteen words " * 5,), lambda: ())
        self.tally = tally
        self.readers: tuple[tuple[str, Callable[[str], object]], ...] = (
            ("order reader", lambda text: orders._resolve_lines(text)),
            ("action reader", actions._resolve),
            ("diagnosis reader", lambda text: diagnoses._match(text, text)),
            ("tool reader", tool_of),
            ("record ids", names_other_record),
            ("guards", is_conditional),
            ("conduct", conduct.watch),
        )

    def parse(self, kind: str, text: str) -> None:
        """Read one reply, and give its strings to the readers."""
        tally = self.tally
        tally.inputs[kind] += 1
        size = len(text.encode("utf-8", "surrogatepass"))
        tally.bytes += size
        found: list[Step] = []
        refused: list[bool] = []

        def run() -> None:
            found.clear()
            try:
                found.append(parse_step(text))
            except ReplyError:
                refused.append(True)
            is_blank(text)
            is_refusal(text)

        try:
            tally.timed("parser", text, run, PARSER_MS + PARSER_MS_PER_KIB * size / 1024)
            for step in found:
                json.dumps(step.model_dump(mode="json"), allow_nan=False).encode()
        except Exception as error:
            tally.errors[type(error).__name__] += 1
            tally.fault(f"parser raised {traceback.format_exception_only(error)[-1].strip()}", text)
        tally.errors["ReplyError"] += bool(refused)
        if found:
            tally.steps += 1
            self.read_step(found[0])

    def read_step(self, step: Step) -> None:
        """Give the strings of a step to the readers, as many of each as an encounter reads."""
        for text in (*step.orders[:30], *step.actions[:30]):
            self.read(text)
        for entry in step.differential[:5]:
            self.read(entry.diagnosis)
        if step.final is not None:
            self.read(step.final.diagnosis)
            self.read(step.final.icd10 or "")

    def read(self, text: str) -> None:
        """Give one text to every reader; none of them may raise."""
        if not text:
            return
        self.tally.inputs["strings read"] += 1
        for name, reader in self.readers:
            try:
                self.tally.timed(name, text, lambda reader=reader: reader(text), READER_MS)  # type: ignore[misc]
            except Exception as error:
                self.tally.errors[type(error).__name__] += 1
                raised = traceback.format_exception_only(error)[-1].strip()
                self.tally.fault(f"{name} raised {raised}", text)


def doubled(tally: Tally) -> None:
    """Look for time that grows faster than the input, pile by pile."""
    heads = ("", "{", '{"orders":["', "```", '{"a":"', "<think>", "```json\n{")
    for piece in (
        *PIECES,
        "a",
        "```{",
        '{"',
        '{"a":1}',
        '"{',
        "\\{",
        '{"a":"x"',
        "[{",
        "i can not ",
    ):
        for head in heads:
            spent = []
            for size in (16_384, 32_768, 65_536):
                text = (head + piece * (size // len(piece)))[:size]

                def run(text: str = text) -> None:
                    with contextlib.suppress(ReplyError):
                        parse_step(text)

                spent.append(min(milliseconds(run) for _ in range(2)))
                tally.bytes += 2 * len(text.encode("utf-8", "surrogatepass"))
                tally.inputs["doubled piles"] += 1
            for before, after in itertools.pairwise(spent):
                if after > DOUBLING_FROM_MS and after > DOUBLING * before:
                    tally.fault(f"doubling took {after / before:.1f} times as long", head + piece)


def of_hypothesis(readers: Readers, seed: int) -> None:
    """Inputs that Hypothesis builds from the grammar of a step."""

    @hypothesis_seed(seed)
    @settings(
        max_examples=HYPOTHESIS_INPUTS,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(ANY_REPLY)
    def feed(text: str) -> None:
        readers.parse("hypothesis", text)

    feed()


def of_atheris(readers: Readers, runs: int) -> None:
    """Inputs that atheris finds by the branches that they reach; ends the process when done."""
    import atheris

    from evaluators.encounter import _wording, replies

    for module in (replies, _wording, json.decoder, json.scanner):
        for function in vars(module).values():
            if isinstance(function, FunctionType) and function.__module__ == module.__name__:
                atheris.instrument_func(function)

    def feed(data: bytes) -> None:
        readers.parse("atheris", data.decode("utf-8", "surrogateescape"))
        if readers.tally.faults or readers.tally.inputs["atheris"] >= runs:
            code = report(readers.tally)
            sys.stdout.flush()
            os._exit(code)  # libFuzzer does not come back

    with tempfile.TemporaryDirectory() as corpus:
        for number, text in enumerate(SEEDS):
            (Path(corpus) / str(number)).write_text(text, encoding="utf-8")
        atheris.Setup([sys.argv[0], "-max_len=4096", f"-seed={readers.seed}", corpus], feed)
        atheris.Fuzz()


def report(tally: Tally) -> int:
    """Print what came of it; 1 if anything must not have."""
    parsed = sum(count for kind, count in tally.inputs.items() if kind != "strings read")
    print(f"{tally.bytes:,} bytes in {parsed:,} inputs, {tally.steps:,} of them steps")
    for kind, count in sorted(tally.inputs.items()):
        print(f"  {kind:15} {count:>9,}")
    for name, count in sorted(tally.errors.items()):
        print(f"raised {name}: {count:,}")
    for reader, (took, text) in sorted(tally.slowest.items()):
        print(f"slowest for the {reader}: {took:.1f} ms ({len(text):,} characters)")
    print(f"peak of memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    for fault in tally.faults:
        print(f"FAULT {fault}")
    if not tally.faults:
        print("no exception but the parser's own, no time beyond the bounds")
    return int(bool(tally.faults))


def main() -> None:
    """Feed and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bytes", type=int, default=LEAST_BYTES, help="at least so many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--atheris", type=int, metavar="RUNS", help="what atheris finds instead")
    asked = parser.parse_args()
    tally = Tally()
    readers = Readers(tally, asked.seed)
    gc.collect()
    if asked.atheris:
        of_atheris(readers, asked.atheris)
    doubled(tally)
    tally.bytes = 0  # the piles are the same few again: they do not count
    of_hypothesis(readers, asked.seed)
    source = inputs(asked.seed)
    while tally.bytes < asked.bytes:
        readers.parse(*next(source))
    chance = random.Random(asked.seed)
    for _ in range(PHRASES):
        readers.read(phrases(chance))
    sys.exit(report(tally))


if __name__ == "__main__":
    main()
