"""Make domains by lot, and write what NegMAS makes of them: python peer.py, with negmas 0.16.0.

Each folder holds a domain as Genius's XML or NegMAS's JSON; answers.json holds the worth of every package to each
party, the Pareto frontier and the Nash point, as NegMAS reads and computes them from the files.
"""

import json
import random
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

from negmas import Scenario, make_issue, make_os  # noqa: E402
from negmas.preferences import LinearAdditiveUtilityFunction, nash_points, pareto_frontier  # noqa: E402

HERE = Path(__file__).parent
DOMAINS = (("two_issues", (4, 5), 2, "genius"), ("many_issues", (3, 2, 4, 2, 3), 2, "genius"),
           ("three_parties", (3, 3, 2), 3, "json"), ("one_issue", (9,), 2, "json"))  # fmt: skip


def main() -> None:
    """Write the folders and the answers."""
    answers = {}
    for seed, (name, sizes, n_parties, kind) in enumerate(DOMAINS):
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        drawn = scenario(random.Random(seed), sizes, n_parties)
        drawn.to_genius_folder(folder) if kind == "genius" else drawn.to_json(folder)
        read = Scenario.from_genius_folder(folder, ignore_discount=True) if kind == "genius" else drawn
        parties = sorted(read.ufuns, key=lambda one: Path(str(one.name)).stem)
        outcomes = list(read.outcome_space.enumerate_or_sample())
        frontier, _ = pareto_frontier(parties, outcomes)
        nash = nash_points(parties, frontier, outcome_space=read.outcome_space)
        answers[name] = {
            "packages": [[list(map(str, outcome)), [float(one(outcome)) for one in parties]] for outcome in outcomes],
            "frontier": sorted(map(list, frontier)), "nash": list(nash[0][0]),
        }  # fmt: skip
    (HERE / "answers.json").write_text(json.dumps(answers, indent=0) + "\n", encoding="utf-8")


def scenario(rng: random.Random, sizes: tuple[int, ...], n_parties: int) -> Scenario:
    """A domain whose evaluations reach 1 in every issue, as those of Genius do."""
    issues = [make_issue([f"i{k}o{j}" for j in range(n)], f"issue {k + 1}") for k, n in enumerate(sizes)]
    space, parties = make_os(issues), []
    for party in range(n_parties):
        cuts = sorted(rng.random() for _ in sizes[1:])
        weights = [round(b - a, 3) for a, b in zip([0.0, *cuts], [*cuts, 1.0], strict=True)]
        values = []
        for issue in issues:
            own = [round(rng.random(), 3) for _ in issue.values]
            own[rng.randrange(len(own))] = 1.0
            values.append(dict(zip(issue.values, own, strict=True)))
        parties.append(
            LinearAdditiveUtilityFunction(
                values, weights=weights, outcome_space=space, name=f"party{party + 1}",
                reserved_value=round(0.4 * rng.random(), 3),
            )
        )  # fmt: skip
    return Scenario(space, tuple(parties), name="drawn")


if __name__ == "__main__":
    main()
