"""What every command does alike: one message for what can go wrong, and the exit code that goes with it."""

from __future__ import annotations

import functools
import sys
import warnings
from typing import Any, NoReturn, TextIO

import click

from standoff.base.escaping import ASCII, visible
from standoff.cli.output import announce, as_json_text, echo, speak_plainly

__all__ = ["Command", "command"]

MOST = 2_000
"""Characters of a message."""


class Command(click.Command):
    """A command that ends with 0; 1 for a faulty study or run; 2 for a wrong command; 130 when it was stopped."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the body; whatever it raises becomes a message."""
        from standoff.base.problems import StudyError, in_order, render, to_json  # noqa: PLC0415

        speak_plainly()
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _announce_warning
                return super().invoke(ctx)
        except StudyError as error:
            if ctx.params.get("as_json"):
                echo(as_json_text({"problems": to_json(error.problems)}))
            else:
                echo(render(in_order(error.problems)), err=True)
            sys.exit(1)
        except click.UsageError as error:
            # without its context: what is wrong is the content, and the command's usage beside it would only distract
            raise click.UsageError(_message(error.format_message())) from None
        except KeyboardInterrupt:
            echo("\nstopped", err=True)
            sys.exit(130)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(0)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as error:
            _explain(error)


command = functools.partial(click.command, cls=Command)


def _announce_warning(  # noqa: PLR0917 - as `warnings.showwarning` is called
    message: Warning | str, category: type[Warning], filename: str, lineno: int, file: TextIO | None = None,
    line: str | None = None,
) -> None:  # fmt: skip
    """A warning of ours as a line; a library's as Python shows it."""
    if issubclass(category, UserWarning) and not issubclass(category, DeprecationWarning):
        announce(str(message))
    else:
        sys.stderr.write(warnings.formatwarning(message, category, filename, lineno, line))


def _message(text: str) -> str:
    shown = visible(text, MOST)
    is_ascii = (getattr(sys.stderr, "encoding", None) or "").lower() in ("ascii", "us-ascii", "ansi_x3.4-1968")
    return shown.encode("ascii", ASCII).decode() if is_ascii else shown


def _explain(error: Exception) -> NoReturn:
    """A plain failure for what is the user's to mend; anything else is a fault of the program, and says so."""
    from standoff.analysis.findings import UnanswerableError  # noqa: PLC0415
    from standoff.ensemble.storing.manifest import RunError  # noqa: PLC0415
    from standoff.words.unanswered import unanswered_words  # noqa: PLC0415

    if isinstance(error, RunError):
        raise click.ClickException(_message(str(error))) from None
    if isinstance(error, UnanswerableError):
        raise click.UsageError(_message(unanswered_words(error.reason, error.data))) from None
    if isinstance(error, ValueError):
        raise click.UsageError(_message(str(error))) from None
    if isinstance(error, OSError):
        place = "" if error.filename is None else f"`{error.filename}`: "
        raise click.ClickException(_message(f"{place}{error.strerror or error}")) from None
    if isinstance(error, MemoryError):
        raise click.ClickException("that needs more memory than there is: ask for fewer --worlds or profiles") from None
    raise error
