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
from pathlib import Path

import numpy as np
from shapes import SHAPES, Drawn, Shape, draw, equal_strategies

from standoff.analysis.findings import Figure, Inputs
from standoff.analysis.linchpins.worth import measure_worths
from standoff.analysis.robustness.metrics import explain, measure_robustness
from standoff.analysis.robustness.satisficing import Bound, satisficing
from standoff.analysis.sensitivity import measure_indices
from standoff.analysis.statistics.ranking import rank
from standoff.analysis.statistics.regression import assign_folds

__all__ = ["Held", "hold", "hold_nulls"]

MARK = "<!-- coverage -->"
POPULATION = 400_000
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

    mean: np.ndarray
    regret: np.ndarray
    worst_tenth: np.ndarray
    regret_tenth: np.ndarray
    evpi: float
    evppi: float
    limit: float
    within: np.ndarray


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
    found = measure_robustness(drawn.payoffs)
    names = drawn.payoffs.names
    for s, name in enumerate(names):
        yield Held("mean payoff", _in(found.expected[name].payoff, truth.mean[s]))
        yield Held("worst tenth", _in(found.tails.worst_decile[name], truth.worst_tenth[s]))
        yield Held("worst world", _in(found.tails.worst_world[name], drawn.truth[s].min()))
        yield Held("regret, mean", _in(found.regret.mean[name], truth.regret[s]))
        yield Held("regret, worst tenth", _in(found.regret.worst_decile[name], truth.regret_tenth[s]))
        own = (drawn.truth.max(axis=0) - drawn.truth)[s].max()
        yield Held("regret, worst world", _in(found.regret.worst[name], own))
        figures = (found.regret.mean[name], found.regret.worst_decile[name], found.regret.worst[name])
        ordered = all(a.value <= b.value and a.low <= b.low and a.high <= b.high
                      for a, b in zip(figures, figures[1:], strict=False))  # fmt: skip
        tails = found.tails.worst_decile[name], found.tails.worst_world[name]
        yield Held("no impossible pair", ordered and tails[1].value <= tails[0].value)
    yield Held("gain from knowing", _in(found.regret.evpi, truth.evpi))
    yield from _surely(drawn, found.regret.surely_best)
    yield from _ranked(found.ranking, truth)
    yield from _within(drawn, truth)
    yield from _hinges(shape, drawn, truth)


def _surely(drawn: Drawn, surely: dict[str, float]) -> Iterator[Held]:
    """Worlds called: of a hundred calls of all, at most five may be wrong."""
    best = drawn.truth >= drawn.truth.max(axis=0) - 1e-12
    called = sum(surely.values())
    wrong = sum(max(share - float(best[s].mean()), 0.0) for s, share in enumerate(surely.values()))
    if called > 0.0:
        yield Held("surely best", wrong <= 0.05 * called + 1e-12)


def _ranked(ranking: object, truth: _Truth) -> Iterator[Held]:
    best = getattr(ranking, "best")
    top = [name for name, mean in zip("abcdef", truth.mean, strict=False) if mean >= truth.mean.max() - 1e-12]
    yield Held("best named", best is None or (best in top and len(top) == 1))
    if getattr(ranking, "is_settled", best is not None):
        yield Held("more futures would not change that", best in top and len(top) == 1)


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
        yield from _zones(shape, drawn, flips.zones, j)


def _zones(shape: Shape, drawn: Drawn, zones: Sequence[object], j: int) -> Iterator[Held]:
    """Where one strategy is called best along an input, whether it truly is, everywhere."""
    x = drawn.payoffs.inputs.values[:, j]
    wrong = False
    for zone in zones:
        strategies = getattr(zone, "strategies")
        if len(strategies) == 1:
            at = np.linspace(getattr(zone, "low"), getattr(zone, "high"), 21)
            inputs = np.tile(np.median(drawn.payoffs.inputs.values, axis=0), (21, 1))
            hidden = np.tile([0.5], (21, shape.n_hidden))
            inputs[:, j] = at
            inputs = np.column_stack([inputs, hidden])
            u = shape.truth(inputs)
            wrong |= bool((u["abcdef".index(strategies[0])] < u.max(axis=0) - 1e-9).any())
    del x
    yield Held("best along an input", not wrong)


def hold_nulls(n_strategies: int, seed: int) -> Iterator[Held]:
    """Strategies that do the same: none is best."""
    payoffs = equal_strategies(n_strategies, seed)
    ranking = rank(payoffs.names, payoffs.mean, explained=explain(payoffs, assign_folds(payoffs.inputs)))
    yield Held("called best", ranking.best is not None)
    yield Held("more futures would not change that", getattr(ranking, "is_settled", ranking.best is not None))


def _sobol(seed: int, n_base: int, chance: float) -> Iterator[Held]:
    """An event of small chance that one input doubles: y = Bernoulli mean of 4; indices in closed form."""
    random = np.random.default_rng([seed, n_base])
    a, b = random.random((n_base, 3)), random.random((n_base, 3))
    rows = np.stack([a, *(np.where(np.arange(3) == j, b, a) for j in range(3)), b], axis=1)
    p = chance * (0.5 + rows[..., 0] * (0.5 + rows[..., 1]))
    luck = random.random((n_base, 1, 4))
    y = (luck < p[..., None]).mean(axis=2).reshape(-1)
    inputs = Inputs(("x0", "x1", "x2"), rows.reshape(-1, 3))
    found = measure_indices(inputs, y, resamples=200, seed=seed)
    first, total, told = _sobol_truth(chance)
    for j, name in enumerate(inputs.names):
        is_told = getattr(found, "is_told", True)
        yield Held("Sobol, first", _in(found.first[name], first[j]), is_told)
        yield Held("Sobol, total", _in(found.total[name], total[j]), is_told)
    del told


def _sobol_truth(chance: float) -> tuple[list[float], list[float], bool]:
    """Of the mean over four draws that rows share: the rest of the variance is luck's, which the rows of one base have
    in common."""
    random = np.random.default_rng(5)
    n = POPULATION
    a, b = random.random((n, 3)), random.random((n, 3))
    luck = random.random((n, 4))

    def y(x: np.ndarray) -> np.ndarray:
        p = chance * (0.5 + x[:, 0] * (0.5 + x[:, 1]))
        return np.asarray((luck < p[:, None]).mean(axis=1))

    base, other = y(a), y(b)
    variance = float(np.concatenate([base, other]).var())
    first, total = [], []
    for j in range(3):
        mixed = np.where(np.arange(3) == j, b, a)
        moved = y(mixed)
        first.append(float((other * (moved - base)).mean() / variance))
        total.append(float(0.5 * ((base - moved) ** 2).mean() / variance))
    return first, total, True


_sobol_truth = cache(_sobol_truth)  # type: ignore[assignment]

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
    for kind in (lambda s: s in {shape.name for shape in SHAPES}, lambda s: s.startswith("null"), lambda s: s[0] == "S"):
        columns = list(dict.fromkeys(q for q, s in counts if kind(s)))
        lines = ["| | " + " | ".join(columns) + " |", "| --- |" + " --- |" * len(columns)]
        lines += [f"| {s} | " + " | ".join(_cell(counts[q, s]) if (q, s) in counts else "" for q in columns) + " |"
                  for s in shapes if kind(s)]  # fmt: skip
        tables.append("\n".join(lines))
    dated = (f"{MARK}\nOn {datetime.now(UTC):%d %B %Y}, {seeds} seeds a shape and {nulls} a null, per cent of intervals "
             "that hold the truth / of those not told:\n\n" + "\n\n".join(tables) + f"\n{MARK}")  # fmt: skip
    before, _, after = path.read_text(encoding="utf-8").split(MARK)
    path.write_text(before + dated + after, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
