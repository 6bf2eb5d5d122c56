"""What was seen, held against a study: watched, fitted and forecast from Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict, Unpack

import msgspec

from standoff.analysis.fitting.fit import Fit
from standoff.analysis.scoring.forecasts import Forecast
from standoff.analysis.scoring.scores import Scores, score_data, score_forecast
from standoff.brief.sections.watching import watch_section
from standoff.ensemble.runner import Local
from standoff.ensemble.running import Running, Size
from standoff.ensemble.study import Study
from standoff.evidence.asked import read_questions
from standoff.evidence.seen import read_seen
from standoff.public.answers import Answer
from standoff.questions.as_json import to_json
from standoff.questions.watching.fit import Effort, fit_study, read_data
from standoff.questions.watching.forecast import Given, Record, freeze, make_forecast, read_facts_of, read_forecast
from standoff.questions.watching.signposts import FUTURES
from standoff.questions.watching.watch import Watched, watch_study
from standoff.words.sentences.watching.fit import fit_sentences
from standoff.words.sentences.watching.scoring import forecast_lines, score_sentences
from standoff.words.sentences.watching.signposts import signpost_sentences
from standoff.words.sentences.watching.watch import posterior_sentences

__all__ = ["ForecastOptions", "Watching", "score"]

_EFFORT = Effort()


def score(
    folder: str | Path, resolved: str | Path, *, seal: str | None = None, again: Study | None = None
) -> Answer[Scores]:  # fmt: skip
    """Score a frozen forecast by what was, as `standoff score` does; `frame` has the groups of questions.

    Args:
        folder: Where `standoff forecast` froze it.
        resolved: A CSV file of what was, with the columns question and value.
        seal: The one that was printed when the forecast was made.
        again: The study: the answers are then made again from it, and compared.

    Raises:
        ValueError: The forecast was changed since it was frozen.
    """
    frozen = read_forecast(Path(folder), seal, again)
    one = score_forecast(frozen.forecast, read_facts_of(Path(resolved), frozen.forecast.answers))
    return Answer(
        one, tuple(score_sentences(one)), None, one.groups, data=to_json({"seal": frozen.seal, **score_data(one)})
    )


class ForecastOptions(TypedDict, total=False):
    """What a forecast is of, and whether it is frozen.

    Attributes:
        profile: What is played; every profile alike by default.
        seen: A file of observations: futures are those that make it.
        out: A folder to freeze the forecast in, for `standoff.score`; its seal is then `to_dict()["seal"]`.
        threads: At most so many at once; all cores by default.
    """

    profile: str | None
    seen: str | Path | None
    out: str | Path | None
    threads: int | None


class Watching(Study):
    """A study that is held against what was seen: what `watch`, `fit` and `forecast` do."""

    def watch(
        self, seen: str | Path | None = None, size: Size = Size(256, 8), *, futures: int = FUTURES,
        played: str | None = None, threads: int | None = None,
    ) -> Answer[Watched]:  # fmt: skip
        """What follows from what was seen, and what to look for next, as `standoff watch` finds it.

        Args:
            seen: A file of observations; without one only signposts are told.
            size: Worlds and replications that are weighed.
            futures: Followed to tell what to look for next.
            played: The decider's strategy meanwhile, if it is known.
            threads: At most so many at once.
        """
        told = None if seen is None else read_seen(Path(seen), self.model)
        one = watch_study(self, told, size, futures, runner=Local(Running(threads)), played=played)
        said = () if one.posterior is None else posterior_sentences(self.model, one.posterior)
        section = None if one.ahead is None else watch_section(self.model, one.ahead)
        ahead = () if one.ahead is None else signpost_sentences(self.model, one.ahead)
        return Answer(one, (*said, *ahead), section, () if one.ahead is None else one.ahead.found, data=to_json(one))

    def fit(
        self, data: str | Path, free: Mapping[str, tuple[float, float] | None], *, on: Sequence[str] = (),
        effort: Effort = _EFFORT, threads: int | None = None,
    ) -> Answer[Fit]:  # fmt: skip
        """Constants and ranges fitted to what was seen, as `standoff fit` fits them; `frame` has the estimates.

        Args:
            data: A CSV file with dates in its first column.
            free: Parameter → bounds; None for an uncertainty's own range.
            on: Columns of the file; by default all that are named as something of the study.
            effort: How much is spent on it, and the seed.
            threads: At most so many at once.
        """
        told = read_data(Path(data), self.model, tuple(on), None, last=None)
        one = fit_study(self.model, told, free, effort=effort, running=Running(threads))
        return Answer(one, tuple(fit_sentences(self.model, one)), None, one.estimates, data=to_json(one))

    def forecast(
        self, questions: str | Path, *, futures: int = 8192, seed: int = 1, **options: Unpack[ForecastOptions]
    ) -> Answer[Forecast]:
        """Answers to questions about what will be, as `standoff forecast` freezes them; `frame` has the answers.

        Args:
            questions: A YAML file of what is asked.
            futures: How many, each of another world and another profile.
            seed: Of worlds and luck.
            options: `profile`, `seen`, `out` and `threads`, as the command has them.

        Raises:
            RunError: The folder `out` holds a forecast already.
        """
        path, seen, out = Path(questions), options.get("seen"), options.get("out")
        text = path.read_text(encoding="utf-8")
        one = make_forecast(
            self,
            read_questions(path, self.model),
            size=Size(futures, 1, seed),
            given=Given(options.get("profile"), None if seen is None else read_seen(Path(seen), self.model)),
            record=Record(questions=text),
            running=Running(options.get("threads")),
        )
        told = msgspec.json.decode(msgspec.json.encode(one))
        data = told if out is None else {"seal": freeze(one, Path(out), text).seal, **told}
        return Answer(one, tuple(forecast_lines(one)), None, told["answers"], data=data)
