"""The commands that open a study in another program: an editor, a browser."""

from __future__ import annotations

import click

from standoff.cli.command import command

__all__ = ["lsp"]


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
