"""Games played from Python: what an actor sees, what it chooses, and what that was worth."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from standoff.ensemble.design import Assigned
from standoff.ensemble.study import Study
from standoff.playing.debrief import Debrief, debrief
from standoff.playing.file import read_game, write_game
from standoff.playing.game import Place, Position, Turn, new_game, opened
from standoff.playing.lines import debrief_lines, seen_lines
from standoff.playing.odds import UNIFORM, draw_profile
from standoff.playing.sight import Seen, seen_by
from standoff.program.trace import Trace
from standoff.public.answers import Answer
from standoff.questions.as_json import to_json

__all__ = ["Played", "Playing"]


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """Where a game stands. A choice gives the position after it and leaves this one as it was, to choose anew from.

    Attributes:
        position: Of the game.
        file: Where each position is kept as it is reached, if anywhere.
    """

    position: Position
    file: Path | None = None

    @property
    def date(self) -> str:
        """The step that comes, as people write it."""
        return self.position.date

    @property
    def ended(self) -> bool:
        """Whether an event ended it, or the clock."""
        return self.position.ended

    def see(self, actor: str | None = None) -> Answer[Seen]:
        """What an actor sees before it chooses; `frame` has what there is now, and `options` what it may choose.

        Args:
            actor: Who looks; the only one who is played by default.
        """
        seen = seen_by(self.position, self._seat(actor))
        lines = tuple(seen_lines(self.position.model, seen))
        return Answer(seen, lines, None, (*seen.knows, *seen.now, *seen.happened), data=to_json(seen))

    def choose(self, option: str | Mapping[str, str]) -> Played:
        """The position a step later.

        Args:
            option: What is chosen: an option, or where more than one choice is open an option of each by its name, such
                as `{"south.line": "build", "south.word": "keep"}`.

        Raises:
            ValueError: The game has ended, a choice is missing, or there is no such option.
        """
        if isinstance(option, str):
            seats = self.position.game.seats
            names = [name for seat in seats for name, _ in seen_by(self.position, seat).options]
            if len(names) != 1:
                raise ValueError(f"choose for each of {', '.join(f'`{name}`' for name in names)}, by its name")
            option = {names[0]: option}
        return self._kept(self.position.play(Turn(dict(option))))

    def back(self, step: int | None = None) -> Played:
        """The position before a step that was played; before the last by default.

        Raises:
            ValueError: No such step was played.
        """
        return self._kept(self.position.back(len(self.position.game.turns) - 1 if step is None else step))

    def trace(self) -> Trace:
        """All of it step by step, as `standoff trace --played` shows it; what is left follows the strategies."""
        return self.position.trace()

    def debrief(self, actor: str | None = None) -> Answer[Debrief]:
        """What each choice was worth, and what the game came to, as `standoff play --debrief` tells it.

        `frame` has a row for each choice.

        Args:
            actor: Whose choices are told; those of the only one who is played by default.
        """
        seat = self._seat(actor)
        found = debrief(self.position)
        lines = tuple(debrief_lines(self.position.model, found, seat))
        return Answer(found, lines, None, found.judged[seat], data=to_json(found))

    def _seat(self, actor: str | None) -> str:
        seats = self.position.game.seats
        if actor is None and len(seats) == 1:
            return seats[0]
        if actor not in seats:
            raise ValueError(f"say who looks: {', '.join(f'`{seat}`' for seat in seats)}")
        return actor

    def _kept(self, position: Position) -> Played:
        if self.file is not None:
            write_game(self.file, position.game)
        return Played(position, self.file)


class Playing(Study):
    """A study that people play: what `play` does."""

    def play(
        self, *actors: str, others: str = UNIFORM, profile: str | None = None, luck: int | None = None,
        set: Assigned | None = None, game: str | Path | None = None,
    ) -> Played:  # fmt: skip
        """Begin a game, or go on with one that was kept, as `standoff play` does.

        Args:
            actors: Who is played by people: those of `--as`.
            others: What the others' strategies are drawn from: `uniform`, `equilibrium`, or a named profile.
            profile: What is played whatever they are drawn from.
            luck: Of world, luck and the others' strategies; fresh by default.
            set: Assumptions held at a number.
            game: A file: the game that it holds is gone on with, and every position is kept there.

        Raises:
            ValueError: Nobody is played, an actor does not choose, or the file's game is of another study.

        Example:
            >>> import standoff
            >>> game = standoff.load("rivals").play("north", luck=1)
            >>> game.see().options
            (('north', ('build', 'freeze')),)
            >>> game.choose("freeze").choose("build").debrief().frame()["taken.north"].tolist()
            ['freeze', 'build']
        """
        file = None if game is None else Path(game)
        if file is not None and file.exists():
            kept = read_game(file)
            if actors and {*actors} != {*kept.seats}:
                raise ValueError(f"`{file}` is a game of {', '.join(kept.seats)}: name another file")
            return Played(opened(replace(self, held=kept.held), kept), file)
        if not actors:
            raise ValueError(f"say who is played: {', '.join(f'`{player}`' for player in self.program.players)}")
        study = replace(self, held={**self.held, **(set or {})})
        seed = secrets.randbelow(1 << 31) if luck is None else luck
        begun = opened(study, new_game(study, actors, draw_profile(study, others, profile, seed), Place(seed)))
        return Played(begun, file)._kept(begun)
