"""A study and a run, with all that can be asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TypedDict, TypeVar, Unpack

import pandas as pd

from standoff.analysis.comparing import Comparison
from standoff.analysis.deals.deals import Deals
from standoff.analysis.documents.documents import Agreement
from standoff.analysis.findings import Floats
from standoff.analysis.graph_model.notions import Notion
from standoff.analysis.graph_model.wished import Changeable
from standoff.analysis.linchpins.linchpins import Linchpins
from standoff.analysis.linchpins.regions import Region
from standoff.analysis.others.others import Others
from standoff.analysis.robustness.robustness import Robustness
from standoff.analysis.searching.grown import GrownGame
from standoff.analysis.searching.pathways import Pathways
from standoff.analysis.searching.searched import Searched
from standoff.analysis.sensitivity import Sensitivity
from standoff.base.problems import Problem, has_errors
from standoff.brief.formats.data import finding_data
from standoff.brief.registry import section_of
from standoff.brief.write import SIZE, make_brief
from standoff.ensemble import study as ensemble_study
from standoff.ensemble.claims import SIZE as SIZE_OF_TESTS
from standoff.ensemble.ensemble import Ensemble as EnsembleOfRun
from standoff.ensemble.paths import follow
from standoff.ensemble.run import trace_cell
from standoff.ensemble.runner import Local
from standoff.ensemble.running import Running, Size
from standoff.ensemble.study import Chosen, RunOptions
from standoff.evidence.claims import check_claims, ledger_of
from standoff.evidence.seen import read_seen
from standoff.evidence.sources import check_documents, known_folder
from standoff.language.load import load_model, read_study
from standoff.program.trace import Trace
from standoff.public.answers import Answer, answered, flat
from standoff.public.playing import Playing
from standoff.public.watching import Watching
from standoff.questions.answer import answer as ask
from standoff.questions.answer import answer_run
from standoff.questions.courses import courses_of
from standoff.questions.deals import DEALS
from standoff.questions.documents import TESTS, Evidence
from standoff.questions.kept import Kept, kept_findings
from standoff.questions.markov import Markov, find_markov
from standoff.questions.others import OTHERS
from standoff.questions.question import Question, Unanswered
from standoff.questions.results import of_run
from standoff.questions.runs import changes_to, moving
from standoff.questions.searching.found import Sought, search_study
from standoff.questions.searching.growing import Growing, grow_game
from standoff.questions.searching.pathways import PATHWAYS_SIZE, find_pathways
from standoff.words.sentences.boxes import region_sentence
from standoff.words.sentences.changes import change_sentences
from standoff.words.sentences.courses import courses_sentences
from standoff.words.sentences.deals import deals_sentence
from standoff.words.sentences.evidence import answer_counts
from standoff.words.sentences.games.markov import markov_sentences
from standoff.words.sentences.linchpins import linchpin_words
from standoff.words.sentences.others import others_sentence
from standoff.words.sentences.robustness import robustness_words
from standoff.words.sentences.searching.found import grown_lines, searched_lines
from standoff.words.sentences.searching.pathways import pathways_sentences
from standoff.words.sentences.sensitivity import sensitivity_sentences
from standoff.words.unanswered import unanswered_words

__all__ = ["Asking", "Ensemble", "Study", "load", "open_run"]

Finding = TypeVar("Finding")


def load(study: str | Path, variants: Sequence[str] = ()) -> Study:
    """Load and check a study, as every command does.

    Args:
        study: A folder, its `study.yaml`, or the name of a bundled study such as `korea`.
        variants: Named changes to apply, in order.

    Raises:
        StudyError: The study has errors; the message shows them at their places.

    Example:
        >>> import standoff
        >>> study = standoff.load("rivals")
        >>> study.run(worlds=64, replications=4, seed=1).outcome("war").shape
        (9, 64)
    """
    return Study(load_model(study, tuple(variants)))


def open_run(folder: str | Path, threads: int | None = None) -> Ensemble:
    """Read a run that was kept with `out=`, with the study that it kept.

    Args:
        folder: Of the run.
        threads: At most so many at once; all cores by default.

    Raises:
        RunError: The folder holds no complete run, or a part of it was altered.
    """
    return Ensemble.of(ensemble_study.open_run(folder, threads))


class Asking(TypedDict, total=False):
    """How a question is asked.

    Attributes:
        threads: At most so many at once; all cores by default.
        fresh: Work the answer out anew, though it was kept.
    """

    threads: int | None
    fresh: bool


class Study(Watching, Playing):
    """A checked study, ready to run: what `check`, `run`, `trace`, `games`, `deals`, `test`, `watch`, `play` and
    `brief` do."""

    def check(self) -> tuple[Problem, ...]:
        """What `standoff check` reports of the study's folder as it is now, errors and warnings with their places."""
        loaded = read_study(self.model.folder, self.model.applied, every_variant=True)
        problems = (*loaded.problems, *check_claims(self.model.folder, loaded.model))
        if loaded.model is None or has_errors(problems):
            return problems
        return (*problems, *check_documents(ledger_of(loaded.model.written.files), known_folder(self.model.folder)))

    def run(self, worlds: int = 512, replications: int = 8, seed: int = 1, **options: Unpack[RunOptions]) -> Ensemble:
        """Run profiles × worlds × replications, as `standoff run` does.

        Args:
            worlds: Draws of all uncertainties and values.
            replications: Streams of chance inside each world.
            seed: Of worlds and luck.
            options: `profile`, `set`, `design`, `realised`, `quantiles`, `histogram`, `out`, `threads`, `evaluator`,
                as the command has them.

        Example:
            >>> import standoff
            >>> standoff.load("rivals").run(worlds=16, replications=2, set={"fear": 0.3}).worlds["fear"].unique()
            array([0.3])
        """
        return Ensemble.of(super().run(worlds, replications, seed, **options))

    def trace(self, world: int = 0, replication: int = 0, size: Size = Size(), **chosen: Unpack[Chosen]) -> Trace:
        """Follow one future step by step, as `standoff trace` does.

        Args:
            world, replication: Of a run of this size.
            size: Of that run.
            chosen: `profile`, `set`, `design` and `realised`; the first strategy of each actor by default.

        Example:
            >>> import standoff
            >>> len(standoff.load("rivals").trace(world=3, profile="north=race_on").steps)
            17
        """
        return trace_cell(self.program, self.design_of(size, **chosen), 0, world, replication=replication)

    def games(self, worlds: int = 256, replications: int = 8, seed: int = 1, **how: Unpack[Asking]) -> Answer[Others]:
        """What the others will do, as `standoff games` finds it."""
        one = self._asked(OTHERS, Size(worlds, replications, seed), how)
        return Answer(one, (others_sentence(self.model, one),), section_of(self.model, one), one.profiles)

    def deals(
        self, worlds: int = 256, replications: int = 4, seed: int = 1, **how: Unpack[Asking]
    ) -> Answer[tuple[Deals | Unanswered, ...]]:
        """For each deal of the study, whether there is one, as `standoff deals` finds it."""
        every = self._asked(DEALS, Size(worlds, replications, seed), how)
        found = [one for one in every if isinstance(one, Deals)]
        rows = [{"deal": one.deal, **flat(zone)} for one in found for zone in one.zones]
        said = tuple(deals_sentence(self.model, one) if isinstance(one, Deals) else
                     f"{one.about}: {unanswered_words(one.reason, one.data, self.model)}" for one in every)  # fmt: skip
        return Answer(every, said, section_of(self.model, every), rows)

    def test(
        self, worlds: int = SIZE_OF_TESTS.worlds, replications: int = SIZE_OF_TESTS.replications, seed: int = 1,
        **how: Unpack[Asking],
    ) -> Answer[Agreement]:  # fmt: skip
        """Claims and mechanisms tested on the model, as `standoff test` does."""
        one = self._asked(TESTS, Size(worlds, replications, seed), how)
        tests = [*(t for part in one.mechanisms for t in part.tests), *(t for part in one.claims for t in part.tests)]
        return Answer(one, (answer_counts(one),), section_of(self.model, Evidence(one, ())), tests)

    def stability(
        self, wish: str | None = None, size: Size = Size(256, 8), *, start: str | None = None, by: str = "seq",
        **how: Unpack[Asking],
    ) -> Answer[Changeable]:  # fmt: skip
        """What holds if actors can change course, as `standoff stability` finds it; `frame` has the profiles.

        Args:
            wish: A profile or part of one, its name, or an outcome whose limit is to be kept.
            size: How much to run.
            start: What is played today; by default what the study says.
            by: Whether the wish is to hold with no answer to any move, `nash`, or by foresight, `seq`.
            how: As every question is asked.
        """
        one = self._asked(courses_of(wish, start, Notion(by)), size, how)
        rows = one.found.to_arrow().to_pandas().to_dict("records")
        return Answer(one, courses_sentences(self.model, one), None, rows)

    def search(
        self, actor: str | None = None, size: Size = Size(256, 8), *, evaluations: int = 400, threads: int | None = None
    ) -> Answer[Searched]:
        """Strategies that are found in the spaces of the study, as `standoff search` finds them.

        Args:
            actor: Whose strategies; the decider's by default.
            size: The worlds and luck on which they are valued.
            evaluations: How many to look at.
            threads: At most so many at once.
        """
        one = search_study(self, Sought(actor or self.model.decider, evaluations), size, Running(threads))
        return Answer(one, tuple(searched_lines(self.model, one)), None, one.found)

    def pathways(
        self, actor: str | None = None, size: Size = PATHWAYS_SIZE, *, limits: Sequence[str] = ()
    ) -> Answer[Pathways]:
        """Until when each strategy keeps the limits, and the best ways on, as `standoff pathways` finds them.

        Args:
            actor: Whose strategies; the decider's by default.
            size: Worlds, of which half pick the ways on and half tell, and futures of each.
            limits: Outcomes whose limits are to be kept; all that have one by default.
        """
        one = find_pathways(self, size, actor, limits)
        return Answer(one, pathways_sentences(self.model, one), None, one.pathways)

    def oracle(
        self, size: Size = Size(256, 8), *, evaluations: int = 400, rounds: int = 20, threads: int | None = None
    ) -> Answer[GrownGame]:
        """The game as it grows by best replies, as `standoff search --oracle` finds it; `frame` has a row an actor.

        Args:
            size: The worlds and luck on which the end is valued.
            evaluations: How many strategies to look at for each best reply.
            rounds: At most so many.
            threads: At most so many at once.
        """
        one = grow_game(self, Growing(evaluations, rounds), size, Running(threads))
        return Answer(one, tuple(grown_lines(self.model, one)), None, one.sides)

    def markov(self, draws: int = 1024, seed: int = 1) -> Answer[Markov]:
        """What each would choose in each state, as `standoff markov` finds it; `frame` has a row an action.

        Args:
            draws: Futures by which each state and joint choice is stepped.
            seed: Of worlds and luck.
        """
        one = find_markov(self, draws, seed)
        return Answer(one, tuple(markov_sentences(self.model, one.table, one.play)), None, one.rows)

    def brief(self, out: str | Path, size: Size = SIZE, seen: str | Path | None = None, **how: Unpack[Asking]) -> Path:
        """Run the study and write its brief to a folder, as `standoff brief` does; the path of the page.

        Args:
            out: The folder.
            size: How much to run.
            seen: A file of observations: every section is then of the worlds as that weighs them.
            how: As every question is asked.
        """
        told = None if seen is None else read_seen(Path(seen), self.model)
        return make_brief(self, Path(out), size, runner=_runner(how), kept=_kept(how), seen=told)

    def _asked(self, question: Question[Finding], size: Size, how: Asking) -> Finding:
        found: Finding | Unanswered = ask(self, (question,), size, _runner(how), kept=_kept(how)).of(question)
        return answered(found, self.model)


class Ensemble(EnsembleOfRun):
    """A run, with what `standoff answer`, `sensitivity` and `compare` say of it."""

    @classmethod
    def of(cls, run: EnsembleOfRun) -> Ensemble:
        """A run that can be asked."""
        return cls(**{f.name: getattr(run, f.name) for f in fields(EnsembleOfRun)})

    def answer(self, weightings: Mapping[str, Floats] | None = None, **how: Unpack[Asking]) -> Answer[Robustness]:
        """What holds up, as `standoff answer` says it first.

        Args:
            weightings: More weightings of the worlds, by name, under which to rank.
            how: `threads` and `fresh`, as the command has them.

        Example:
            >>> import standoff
            >>> run = standoff.load("rivals").run(worlds=64, replications=4)
            >>> run.answer().under[0].metrics.ranking.order[0]
            'reciprocate(patience=2)'
        """
        found = self._asked(of_run(weightings=weightings), how).robustness
        words = robustness_words(self.model, found).sentences
        rows = [{"strategy": label, **flat(each)} for label, each in found.under[0].metrics.expected.items()]
        return Answer(found, tuple(words), section_of(self.model, found), rows)

    def linchpins(self, view: str = "uniform", **how: Unpack[Asking]) -> Answer[Linchpins]:
        """What the choice hinges on, as `standoff answer` says it second.

        Args:
            view: What the others play: `uniform`, `adversarial`, or a named profile.
            how: `threads` and `fresh`, as the command has them.
        """
        robust = self._asked(of_run(view), how)
        found = robust.linchpins
        words = linchpin_words(self.model, found).sentences
        data = finding_data(robust)["linchpins"]
        return Answer(found, tuple(words), section_of(self.model, robust), (*found.facts, *found.values), data=data)

    def boxes(self, view: str = "uniform", **how: Unpack[Asking]) -> Answer[tuple[Region, ...]]:
        """The regions of worlds in which another strategy is best, or a limit breaks: boxes, by scenario discovery.

        `frame` has a row for each limit of each recommended box.
        """
        robust = self._asked(of_run(view), how)
        regions = robust.linchpins.regions
        said = tuple(region_sentence(self.model, region) for region in regions)
        rows = [
            {"kind": region.kind, "subject": region.subject, "share": region.share, "coverage": box.coverage,
             "density": box.density, **flat(limit)}
            for region in regions
            if (box := region.found.recommended) is not None
            for limit in box.limits
        ]  # fmt: skip
        return Answer(regions, said, section_of(self.model, robust), rows)

    def sensitivity(self, outcomes: Sequence[str] = (), **how: Unpack[Asking]) -> Answer[Sensitivity]:
        """Sobol indices of a run with `design="saltelli"`, as `standoff sensitivity` gives them."""
        found = self._asked(moving(outcomes), how)
        rows = [
            {"measure": measure, "strategy": label, "assumption": name, "total": indices.total[name],
             "first": indices.first[name]}
            for measure, by_strategy in found.indices.items()
            for label, indices in by_strategy.items()
            for name in indices.total
        ]  # fmt: skip
        return Answer(found, tuple(sensitivity_sentences(self.model, found)), None, rows)

    def compare(self, after: EnsembleOfRun, threads: int | None = None) -> Answer[Comparison]:
        """What changed from this run to another, as `standoff compare` says it; `frame` has the figures that moved."""
        found = self._asked(changes_to(after), {"threads": threads})
        return Answer(found, change_sentences(after.model, found), None, found.moved)

    def paths(self, *names: str, futures: int = 1000) -> pd.DataFrame:
        """Stocks, quantities, counts and modes over time, in futures spread evenly over the run's.

        Args:
            names: Of the study.
            futures: How many futures.

        Returns:
            One row for each future and step, with the profile, world and replication it belongs to.

        Raises:
            ValueError: The study has nothing of this name that has a value in each step.
        """
        return follow(self, names, futures)

    def to_xarray(self) -> Any:
        """Outcomes and payoffs as an `xarray.Dataset` (profile, world); needs `pip install standoff[xarray]`."""
        import xarray  # noqa: PLC0415 - optional

        axes = ("profile", "world")
        arrays = {
            n if k == "outcome" else f"payoff of {n}": (axes, self.means[i]) for i, (k, n) in enumerate(self.measures)
        }
        coordinates: dict[str, Any] = {name: ("world", column) for name, column in self.design.worlds.columns.items()}
        coordinates |= {str(name): ("profile", column.to_numpy()) for name, column in self.profiles.items()}
        coordinates = {name: value for name, value in coordinates.items() if name not in arrays}
        return xarray.Dataset(arrays, coordinates)

    def _asked(self, question: Question[Finding], how: Asking) -> Finding:
        found = answer_run(self, (question,), how.get("threads"), _kept(how)).of(question)
        return answered(found, self.model)


def _runner(how: Asking) -> Local:
    return Local(Running(how.get("threads")))


def _kept(how: Asking) -> Kept | None:
    return kept_findings(fresh=how.get("fresh", False))
