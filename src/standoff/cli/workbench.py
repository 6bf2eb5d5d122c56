"""The commands that open a study in another program: an editor, a browser."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from standoff.base.escaping import file_name
from standoff.cli import options
from standoff.cli.command import command
from standoff.cli.output import announce, echo, print_json, print_lines

if TYPE_CHECKING:
    from standoff.playing.game import Game, Position

__all__ = ["lsp", "play", "serve"]

_WORDS = ("back", "stop")


@command()
@click.option("--port", type=click.IntRange(1, 65535), default=None, metavar="N",
              help="Listen on this port of this machine instead of standard input.")  # fmt: skip
def lsp(port: int | None) -> None:
    """Serve an editor: problems, completion, meanings, renaming.

    An editor starts this by itself once it is told to; docs/editors.md shows how for VS Code, Neovim and Emacs.

    \b
    Example:
      standoff lsp
    """
    from standoff.workbench.lsp import make_server  # noqa: PLC0415

    server = make_server()
    if port is None:
        server.start_io()
    else:
        server.start_tcp("127.0.0.1", port)


@command()
@click.argument(
    "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".", metavar="[FOLDER]"
)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
              help="Listen on another address of this machine, for players on others.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="A free one by default.")
@click.option("--open/--no-open", "is_opened", default=True, help="Open the browser.")
def serve(folder: Path, host: str, port: int, is_opened: bool) -> None:
    """Edit, run, read and play the studies of FOLDER in a browser.

    It prints an address that holds the token of this launch; whoever has it sees everything. Each player of a game
    gets a link of their own. What is kept is in FOLDER/.standoff.

    \b
    Examples:
      standoff serve
      standoff serve studies --host 192.168.1.20
    """
    import webbrowser  # noqa: PLC0415

    from standoff.workbench.serve import serve as serve_folder  # noqa: PLC0415

    def say(address: str, warning: str) -> None:
        if warning:
            announce(f"warning: {warning}")
        echo(f"{address}\nstop with Ctrl-C")
        if is_opened:
            webbrowser.open(address)

    serve_folder(folder, host, port, say)


@command()
@options.study
@click.option("--as", "seats", multiple=True, metavar="ACTOR", help="Who you are; may be given again.")
@click.option("--others", "odds", default="uniform", show_default=True, metavar="ODDS",
              help="What the others' strategies are drawn from: uniform, equilibrium, or a named profile.")  # fmt: skip
@options.profile
@click.option("--luck", "luck", type=click.IntRange(0), default=None, metavar="N",
              help="Of world, luck and the others' strategies; fresh by default.")  # fmt: skip
@options.set_numbers
@options.variant
@click.option("--game", "file", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE",
              help="Keep the game here, after every choice; a game that is there is gone on with. "
              "STUDY-game.json by default.")  # fmt: skip
@click.option("--debrief", "only_debrief", is_flag=True, help="Only look again at the game of --game.")
@options.as_json
def play(
    study: str, seats: tuple[str, ...], file: Path | None, only_debrief: bool, *, as_json: bool, **how: Any
) -> None:
    """Play an actor of a study, and see what each choice was worth.

    The others follow strategies that you are not told. In each step you see what your actor may see. `back` takes
    a step back, `stop` keeps the game for later; `standoff trace STUDY --played FILE` shows all of it.

    \b
    Examples:
      standoff play rivals --as north
      standoff play korea --as us --others equilibrium --game monday.json
    """
    from standoff.playing.debrief import debrief  # noqa: PLC0415
    from standoff.playing.file import open_game, write_game  # noqa: PLC0415
    from standoff.playing.lines import as_data, debrief_lines  # noqa: PLC0415

    if only_debrief and file is None:
        raise click.UsageError("--debrief looks again at a game that was kept: give it with --game")
    if file is not None and file.exists():
        position = open_game(study, file)
        if seats and set(seats) != set(position.game.seats):
            raise click.UsageError(f"`{file}` is a game of {', '.join(position.game.seats)}: name another file")
    elif only_debrief:
        raise click.UsageError(f"there is no game `{file}`")
    else:
        position = _begun(study, seats, **how)
    kept = file or Path(f"{file_name(position.model.name)}-game.json")
    if file is None and kept.exists():
        raise click.UsageError(f"`{kept}` is there already: go on with it by --game {kept}, or name another")
    if not only_debrief:
        position = _at_the_table(position, lambda game: write_game(kept, game))
    if as_json:
        print_json({"game": as_data(position.game), "debrief": as_data(debrief(position))})
    elif position.game.turns and (only_debrief or position.ended):
        found = debrief(position)
        for seat in position.game.seats:
            print_lines(debrief_lines(position.model, found, seat))
    if not only_debrief:
        announce(f"kept in {kept}; standoff trace {study} --played {kept} shows all of it")


def _begun(study: str, seats: tuple[str, ...], **how: Any) -> Position:
    """A game at its beginning."""
    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.playing.game import Place, new_game, opened  # noqa: PLC0415
    from standoff.playing.odds import draw_profile  # noqa: PLC0415

    loaded = replace(load(study, how["variants"]), held=how["set"])
    if not seats:
        names = ", ".join(f"`{player}`" for player in loaded.program.players)
        raise click.UsageError(f"say who you are with --as: {names}")
    seed = secrets.randbelow(1 << 31) if how["luck"] is None else how["luck"]
    profile = draw_profile(loaded, how["odds"], how["profile"], seed)
    return opened(loaded, new_game(loaded, seats, profile, Place(seed)))


def _at_the_table(position: Position, keep: Callable[[Game], None]) -> Position:
    """Ask each person in turn until the game ends or is stopped; it is kept after every step."""
    from standoff.playing.game import Turn  # noqa: PLC0415
    from standoff.playing.lines import seen_lines  # noqa: PLC0415
    from standoff.playing.sight import seen_by  # noqa: PLC0415

    keep(position.game)
    while not position.ended:
        chosen: dict[str, str] = {}
        said = ""
        for seat in position.game.seats:
            seen = seen_by(position, seat)
            if len(position.game.seats) > 1:
                echo(f"\n— {position.model.title_of(seat)} —")
            print_lines(seen_lines(position.model, seen))
            for family, options_ in seen.options:
                said = _asked(family, options_)
                if said in _WORDS:
                    break
                chosen[family] = said
            if said in _WORDS:
                break
        if said == "stop":
            return position
        if said == "back":
            position = position.back(max(0, len(position.game.turns) - 1)) if position.game.turns else position
        else:
            position = position.play(Turn(chosen))
        keep(position.game)
    for seat in position.game.seats:
        print_lines(seen_lines(position.model, seen_by(position, seat)))
    return position


def _asked(family: str, options_: tuple[str, ...]) -> str:
    """An option of a choice, by its name or its number; or one of the words that are no options."""
    numbered = "  ".join(f"{i + 1} {option}" for i, option in enumerate(options_))
    while True:
        said = str(click.prompt(f"{family}?  {numbered}", prompt_suffix="\n> ", err=True)).strip()
        if said.isdecimal() and 0 < int(said) <= len(options_):
            return options_[int(said) - 1]
        if said in options_ or said in _WORDS:
            return said
        echo(f"`{said}` is none of them: type a name or its number, `back` or `stop`", err=True)
