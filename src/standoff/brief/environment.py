"""The templates of a brief."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

__all__ = ["make_environment"]


def make_environment() -> Environment:
    """What finds them beside the code; a name that a template does not get is an error."""
    loader = PackageLoader("standoff.brief", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
