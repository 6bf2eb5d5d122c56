"""How often printed intervals hold the truth, on shapes of known truth: `make coverage`.

    python tests/analysis/intervals.py [--seeds 200] [--null 400] [--only SHAPE] [--write docs/method-robustness.md]

Each study is an array of payoffs (`shapes.py`). A row of the table is a printed quantity, a column a shape; a cell says
in how many of 100 seeds the 95 % interval held the truth, and after a stroke how often the finding said that it cannot
tell (and was then not counted). The nulls have strategies that truly do the same.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from shapes import SHAPES, Drawn, Shape, draw, equal_strategies

from standoff.analysis.findings import Figure, Floats, Inputs
from standoff.analysis.linchpins.flips import Zone
from standoff.analysis.linchpins.worth import measure_worths
from standoff.analysis.robustness.metrics import Metrics, explain, measure_robustness
from standoff.analysis.robustness.satisficing import Bound, satisficing
from standoff.analysis.sensitivity import measure_indices
from standoff.analysis.statistics.ranking import Ranking, rank
from standoff.analysis.statistics.regression import assign_folds

__all__ = ["Held", "hold", "hold_nulls"]

MARK = "<!-- coverage -->"
POPULATION = 400_000
_NAMES = tuple(shape.name for shape in SHAPES)
LIMIT_AT = 0.7


@dataclass(frozen=True, slots=True)
class Held:
    """One printed quantity of one study: whether its interval held the truth, and whether it was told at all."""

    quantity: str
    holds: bool
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class _Truth:
    """Of all worlds: means, mean regrets, worst tenths, and the worth of knowing the first input."""

    mean: Floats
    regret: Floats
    worst_tenth: Floats
    regret_tenth: Floats
    evpi: float
    evppi: float
    limit: float
    within: Floats


@cache
def _truth(shape: Shape) -> _Truth:
    random = np.random.default_rng(1)
    # strata in every column: what is a sum of functions of single inputs is then all but exact
    order = np.argsort(random.random((POPULATION, shape.n_inputs)), axis=0)
    x = shape.inputs((order + random.random(order.shape)) / POPULATION)
    u = shape.truth(x)
    regret = u.max(axis=0) - u
    tenth = POPULATION // 10
    by_first = np.argsort(x[:, 0], kind="stable")
    groups = np.array_split(by_first, 2000)
    known = float(np.mean([u[:, group].mean(axis=1).max() for group in groups]))
    if np.unique(x[:, 0]).size < 13:
        known = sum((x[:, 0] == v).mean() * u[:, x[:, 0] == v].mean(axis=1).max() for v in np.unique(x[:, 0]))
    limit = float(np.quantile(u[0], LIMIT_AT))
    return _Truth(
        u.mean(axis=1), regret.mean(axis=1), np.sort(u, axis=1)[:, :tenth].mean(axis=1),
        np.sort(regret, axis=1)[:, -tenth:].mean(axis=1), float(regret.mean(axis=1).min()),
        known - float(u.mean(axis=1).max()), limit, (u <= limit).mean(axis=1),
    )  # fmt: skip


def _in(figure: Figure, truth: float, slack: float = 1e-9) -> bool:
    return bool(figure.low - slack <= truth <= figure.high + slack)


def hold(shape: Shape, seed: int) -> Iterator[Held]:
    """Every printed quantity of one study."""
    drawn, truth = draw(shape, seed), _truth(shape)
    yield from _robust(drawn, truth, measure_robustness(drawn.payoffs))
    yield from _within(drawn, truth)
    yield from _hinges(shape, drawn, truth)


def _robust(drawn: Drawn, truth: _Truth, found: Metrics) -> Iterator[Held]:
    """Means, tails and regret of every strategy; none of them impossible beside another; and who is called best."""
    for s, name in enumerate(drawn.payoffs.names):
        low, worst = found.tails.worst_decile[name], found.tails.worst_world[name]
        regrets = (found.regret.mean[name], found.regret.worst_decile[name], found.regret.worst[name])
        lost = (drawn.truth.max(axis=0) - drawn.truth)[s].max()
        yield Held("mean payoff", _in(found.expected[name].payoff, truth.mean[s]))
        yield Held("worst tenth", _in(low, truth.worst_tenth[s]))
        yield Held("worst world", _in(worst, drawn.truth[s].min()))
        yield Held("regret, mean", _in(regrets[0], truth.regret[s]))
        yield Held("regret, worst tenth", _in(regrets[1], truth.regret_tenth[s]))
        yield Held("regret, worst world", _in(regrets[2], lost))
        pairs = (*pairwise(regrets), (worst, low))
        yield Held("possible", all(a.value <= b.value and a.low <= b.low and a.high <= b.high for a, b in pairs))
    yield Held("gain from knowing", _in(found.regret.evpi, truth.evpi))
    yield from _surely(drawn, found.regret.surely_best)
    yield from _ranked(found.ranking, truth)


def _surely(drawn: Drawn, surely: dict[str, float]) -> Iterator[Held]:
    """Worlds called: of a hundred calls of all, at most five may be wrong."""
    best = drawn.truth >= drawn.truth.max(axis=0) - 1e-12
    called = sum(surely.values())
    wrong = sum(max(share - float(best[s].mean()), 0.0) for s, share in enumerate(surely.values()))
    if called > 0.0:
        yield Held("surely best", wrong <= 0.05 * called + 1e-12)


def _ranked(ranking: Ranking, truth: _Truth) -> Iterator[Held]:
    top = [name for name, mean in zip("abcdef", truth.mean, strict=False) if mean >= truth.mean.max() - 1e-12]
    yield Held("best named", ranking.best in (None, *top[: 2 - len(top)]))
    if ranking.best is not None and ranking.is_settled:
        yield Held("more futures would not change that", [ranking.best] == top)


def _within(drawn: Drawn, truth: _Truth) -> Iterator[Held]:
    payoffs = drawn.payoffs
    assert payoffs.halves is not None
    found = satisficing(payoffs.names, (Bound("u", truth.limit),), payoffs.mean[None], payoffs.inputs,
                        payoffs.halves[None], stratified=payoffs.stratified)  # fmt: skip
    for s, name in enumerate(payoffs.names):
        (own,) = found.alone[name]
        yield Held("share within a limit", _in(own.share, float(truth.within[s])), getattr(own, "is_told", True))


def _hinges(shape: Shape, drawn: Drawn, truth: _Truth) -> Iterator[Held]:
    found = measure_worths(drawn.payoffs, pairs=False, permutations=99, resamples=100)
    for worth in found.alone:
        if worth.names == ("x0",):
            yield Held("worth of knowing", _in(worth.evppi, truth.evppi))
    for j, wanted in shape.flips.items():
        flips = found.flips[f"x{j}"]
        for flip in flips.flips:
            near = min(wanted, key=lambda at: abs(at - flip.at.value))
            yield Held("flip", _in(flip.at, near), flip.is_significant)
        yield _zones(shape, drawn, flips.zones, j)


def _zones(shape: Shape, drawn: Drawn, zones: Sequence[Zone], j: int) -> Held:
    """Where one strategy is called best along an input, whether it truly is, everywhere."""
    middle = np.median(drawn.payoffs.inputs.values, axis=0)
    wrong = False
    for zone in zones:
        if len(zone.strategies) == 1:
            inputs = np.tile(np.r_[middle, [0.5] * shape.n_hidden], (21, 1))
            inputs[:, j] = np.linspace(zone.low, zone.high, 21)
            u = shape.truth(inputs)
            wrong |= bool((u["abcdef".index(zone.strategies[0])] < u.max(axis=0) - 1e-9).any())
    return Held("best along an input", not wrong)


def hold_nulls(n_strategies: int, seed: int) -> Iterator[Held]:
    """Strategies that do the same: none is best."""
    payoffs = equal_strategies(n_strategies, seed)
    ranking = rank(payoffs.names, payoffs.mean, explained=explain(payoffs, assign_folds(payoffs.inputs)))
    yield Held("called best", ranking.best is not None)
    yield Held("more futures would not change that", ranking.is_settled)


def _sobol(seed: int, n_base: int, chance: float) -> Iterator[Held]:
    """An event of small chance that inputs raise, as the mean of four replications that the rows of a base share."""
    random = np.random.default_rng([seed, n_base])
    a, b = random.random((2, n_base, 3))
    rows = np.stack([a, *(np.where(np.arange(3) == j, b, a) for j in range(3)), b], axis=1)
    y = _event(rows, random.random((n_base, 1, 4)), chance).reshape(-1)
    inputs = Inputs(("x0", "x1", "x2"), rows.reshape(-1, 3))
    found = measure_indices(inputs, y)
    first, total = _sobol_truth(chance)
    for j, name in enumerate(inputs.names):
        is_told = found.is_told and found.variance > 0.0
        yield Held("Sobol, first", _in(found.first[name], first[j]), is_told)
        yield Held("Sobol, total", _in(found.total[name], total[j]), is_told)


def _event(x: Floats, luck: Floats, chance: float) -> Floats:
    p = chance * (0.5 + x[..., 0] * (0.5 + x[..., 1]))
    return np.asarray((luck < p[..., None]).mean(axis=-1))


@cache
def _sobol_truth(chance: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """First and total indices; what is luck's, the rows of a base have in common."""
    random = np.random.default_rng(5)
    a, b = random.random((2, POPULATION, 3))
    luck = random.random((POPULATION, 4))
    base, other = _event(a, luck, chance), _event(b, luck, chance)
    moved = [_event(np.where(np.arange(3) == j, b, a), luck, chance) for j in range(3)]
    variance = float(np.concatenate([base, other]).var())
    return (
        tuple(float((other * (y - base)).mean()) / variance for y in moved),
        tuple(0.5 * float(((base - y) ** 2).mean()) / variance for y in moved),
    )


Counts = dict[tuple[str, str], list[Held]]


def main() -> int:
    """Count, print, and write where asked."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seeds", type=int, default=200)
    asked.add_argument("--null", type=int, default=400)
    asked.add_argument("--only", default="")
    asked.add_argument("--write", type=Path)
    args = asked.parse_args()
    start, counts = time.monotonic(), defaultdict(list)
    for shape in SHAPES:
        if args.only in shape.name:
            for seed in range(args.seeds):
                for held in hold(shape, 10_000 + seed):
                    counts[held.quantity, shape.name].append(held)
            print(f"{shape.name}: {_row(counts, shape.name)}", flush=True)
    for n in range(2, 7) if args.null else ():
        for seed in range(args.null):
            for held in hold_nulls(n, 20_000 + seed):
                counts[held.quantity, f"null of {n}"].append(held)
        print(f"null of {n}: {_row(counts, f'null of {n}')}", flush=True)
    if not args.only or "sobol" in args.only:
        for n_base, chance in ((64, 0.01), (64, 0.3), (1024, 0.01), (1024, 0.3)):
            name = f"Sobol, {n_base} rows, chance {chance:g}"
            for seed in range(args.seeds):
                for held in _sobol(seed, n_base, chance):
                    counts[held.quantity, name].append(held)
            print(f"{name}: {_row(counts, name)}", flush=True)
    print(f"{time.monotonic() - start:.0f} s")
    if args.write:
        _write(args.write, counts, args.seeds, args.null)
    return 0


def _row(counts: Counts, shape: str) -> str:
    return "; ".join(f"{quantity} {_cell(found)}" for (quantity, of), found in counts.items() if of == shape)


def _cell(found: Sequence[Held]) -> str:
    """`95 / 3`: of 100 told intervals so many hold; of 100 seeds so many are not told."""
    told = [held.holds for held in found if held.is_told]
    untold = 100.0 * (len(found) - len(told)) / max(len(found), 1)
    share = f"{100.0 * float(np.mean(told)):.1f}" if told else "–"
    return share if untold == 0.0 else f"{share} / {untold:.0f}"


def _write(path: Path, counts: Counts, seeds: int, nulls: int) -> None:
    shapes = list(dict.fromkeys(shape for _, shape in counts))
    tables = []
    for kind in ("null", "Sobol", ""):
        of = [s for s in shapes if s.split()[0].strip(",") == kind or (not kind and s in _NAMES)]
        columns = list(dict.fromkeys(q for q, s in counts if s in of))
        lines = ["| | " + " | ".join(columns) + " |", "| --- |" + " --- |" * len(columns)]
        lines += [f"| {s} | " + " | ".join(_cell(counts[q, s]) if (q, s) in counts else "" for q in columns) + " |"
                  for s in of]  # fmt: skip
        tables.append("\n".join(lines))
    today = f"{datetime.now(UTC):%d %B %Y}"
    dated = (f"{MARK}\nOn {today}, {seeds} seeds a shape and {nulls} a null: per cent of intervals "
             "that hold the truth / of those not told:\n\n" + "\n\n".join(tables) + f"\n{MARK}")  # fmt: skip
    before, _, after = path.read_text(encoding="utf-8").split(MARK)
    path.write_text(before + dated + after, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
