"""The page on paper: a tagged PDF with an outline, printed by Chromium where there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

__all__ = ["NoBrowserError", "find_browser", "print_pdf"]

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_MOST_SECONDS = 120


class NoBrowserError(RuntimeError):
    """No Chromium was found, or it did not print."""


def find_browser() -> str | None:
    """The Chromium on the path; None where there is none."""
    return next((found for name in _BROWSERS if (found := shutil.which(name)) is not None), None)


def print_pdf(page: Path, path: Path) -> None:
    """Print a page to a PDF with structure tags and an outline of its headings.

    Raises:
        NoBrowserError: No Chromium is on the path, or it did not print within two minutes.
    """
    browser = find_browser()
    if browser is None:
        raise NoBrowserError("no Chromium is on the path, and it is what prints the page")
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser, "--headless", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer",
            "--export-tagged-pdf", "--generate-pdf-document-outline", f"--user-data-dir={profile}",
            f"--print-to-pdf={path.resolve()}", page.resolve().as_uri(),
        ]  # fmt: skip
        if os.name == "posix" and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium has none for root
        try:
            subprocess.run(command, capture_output=True, timeout=_MOST_SECONDS, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            raise NoBrowserError(f"{browser} did not print {page}") from error
    if not path.is_file():
        raise NoBrowserError(f"{browser} did not print {page}")
