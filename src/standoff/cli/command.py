"""What every command does alike: one message for what can go wrong, and the exit code that goes with it."""

from __future__ import annotations

import functools
import json
import sys
from typing import Any, NoReturn

import click

__all__ = ["Command", "command"]


class Command(click.Command):
    """A command that ends with 0; 1 for a faulty study or run; 2 for a wrong command; 130 when it was stopped."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the body; whatever it raises becomes a message."""
        from standoff.base.problems import StudyError, in_order, render, to_json  # noqa: PLC0415

        try:
            return super().invoke(ctx)
        except StudyError as error:
            if ctx.params.get("as_json"):
                click.echo(json.dumps({"problems": to_json(error.problems)}, indent=2, ensure_ascii=False))
            else:
                click.echo(render(in_order(error.problems)), err=True)
            sys.exit(1)
        except click.UsageError as error:
            error.ctx = None  # what is wrong is the content: the command's usage beside it would only distract
            raise
        except KeyboardInterrupt:
            click.echo("\nstopped", err=True)
            sys.exit(130)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(0)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as error:
            _explain(error)


command = functools.partial(click.command, cls=Command)


def _explain(error: Exception) -> NoReturn:
    """A plain failure for what is the user's to mend; anything else is a fault of the program, and says so."""
    from standoff.analysis.findings import UnanswerableError  # noqa: PLC0415
    from standoff.ensemble.manifest import RunError  # noqa: PLC0415
    from standoff.words.unanswered import unanswered_words  # noqa: PLC0415

    if isinstance(error, RunError):
        raise click.ClickException(str(error)) from None
    if isinstance(error, UnanswerableError):
        raise click.UsageError(unanswered_words(error.reason, error.data)) from None
    if isinstance(error, ValueError):
        raise click.UsageError(str(error)) from None
    if isinstance(error, OSError):
        place = "" if error.filename is None else f"`{error.filename}`: "
        raise click.ClickException(f"{place}{error.strerror or error}") from None
    if isinstance(error, MemoryError):
        raise click.ClickException("that needs more memory than there is: ask for fewer --worlds or profiles") from None
    raise error
