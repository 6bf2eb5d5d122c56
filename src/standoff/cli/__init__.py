"""The command line: each command's body calls one verb, in the order in which an analyst meets them."""

from __future__ import annotations

import atexit
import gc

import click

from standoff._version import __version__
from standoff.cli.asking import answer, compare, sensitivity
from standoff.cli.courses import markov, pathways, search, stability
from standoff.cli.evidence import annotate, passages, sources, test
from standoff.cli.exchanging import export, import_
from standoff.cli.playing import deals, games
from standoff.cli.running import brief, run, trace
from standoff.cli.scale import cluster, query
from standoff.cli.watching import fit, forecast, score, watch
from standoff.cli.workbench import lsp, play, serve
from standoff.cli.writing import check, new, schema, show

__all__ = ["main"]

_COMMANDS: tuple[tuple[str, tuple[click.Command, ...]], ...] = (
    ("Write a study", (new, import_, export, check, show, schema, lsp)),
    ("Run it", (brief, run, trace, play, serve, cluster)),
    ("Ask what follows", (answer, query, sensitivity, compare, games, stability, markov, deals, search, pathways)),
    ("Watch what happens", (watch, forecast, score, fit)),
    ("Hold it against documents", (test, sources, passages, annotate)),
)


class _Group(click.Group):
    """Commands under the headings of the table above; an unknown name gets the nearest."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(len(name) for name in self.commands)
        for heading, commands in _COMMANDS:
            with formatter.section(heading):
                room = formatter.width - width - 6
                formatter.write_dl(
                    [(f"{command.name:<{width}}", command.get_short_help_str(room)) for command in commands]
                )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = super().get_command(ctx, cmd_name)
        if found is None and not cmd_name.startswith("-"):
            from standoff.base.problems import suggest  # noqa: PLC0415

            advice = suggest(cmd_name, self.commands, "commands") or "`standoff --help` lists them"
            ctx.fail(f"there is no command `{cmd_name}`; {advice}")
        return found


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="standoff")
def main() -> None:
    """Models of confrontations that can be argued with.

    \b
    A first look:
      standoff check korea
      standoff brief korea --out korea-brief

    STUDY is a folder with a study.yaml, or the name of a bundled study: korea, lake, rivals.
    """
    # nearly all that a command makes lasts: to look it through for cycles, on the way and at the end, is a second of it
    gc.set_threshold(50_000, 20, 100)
    atexit.register(gc.freeze)


for _, _commands in _COMMANDS:
    for _command in _commands:
        main.add_command(_command)
