"""The language server: the checks of `standoff check`, completion, meanings, places, new names and layout in editors.

Reference:
    Language Server Protocol 3.17, by pygls.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from standoff._version import __version__
from standoff.base.escaping import visible
from standoff.base.problems import MOST_LETTERS, Problem, StudyError
from standoff.base.source import Source, Span
from standoff.editing.complete import complete
from standoff.editing.layout import laid_out
from standoff.editing.meaning import definition, meaning
from standoff.editing.mentions import Index
from standoff.editing.problems import Checked, check_texts
from standoff.editing.renaming import index_of, rename
from standoff.language.text.files import CLAIMS_FILE, STUDY_FILE

__all__ = ["make_server"]

_FILES = (STUDY_FILE, CLAIMS_FILE)
_PAUSE = 0.02
"""Seconds without a key after which the text is checked."""
_REST = 0.3
"""Likewise, with every variant."""
_KINDS = {
    "key": types.CompletionItemKind.Property,
    "word": types.CompletionItemKind.Keyword,
    "name": types.CompletionItemKind.Variable,
    "function": types.CompletionItemKind.Function,
    "option": types.CompletionItemKind.EnumMember,
}


@dataclass
class _Folder:
    """A study's folder: what is known of it, and the check that is under way."""

    path: Path
    index: Index | None = None
    checked: Checked | None = None
    shown: set[str] = field(default_factory=set)
    task: asyncio.Task[None] | None = None


class _Server(LanguageServer):
    """The server with the folders that are open."""

    def __init__(self) -> None:
        super().__init__("standoff", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Incremental)
        self.folders: dict[Path, _Folder] = {}

    def folder_of(self, uri: str) -> tuple[_Folder, str] | None:
        """The folder and the name of a file that belongs to a study."""
        path = _path(uri)
        if path is None or path.name not in _FILES:
            return None
        return self.folders.setdefault(path.parent, _Folder(path.parent)), path.name

    def unsaved(self, folder: _Folder) -> dict[str, str]:
        """What the editor holds of a folder's files."""
        held = {_path(uri): document for uri, document in self.workspace.text_documents.items()}
        return {name: held[folder.path / name].source for name in _FILES if folder.path / name in held}

    def document(self, folder: _Folder, name: str) -> TextDocument:
        """A file of a folder as the editor holds it, or as it is on the disk."""
        for uri, document in self.workspace.text_documents.items():
            if _path(uri) == folder.path / name and isinstance(document, TextDocument):
                return document
        unopened: TextDocument = self.workspace.get_text_document((folder.path / name).as_uri())
        return unopened

    def range_of(self, folder: _Folder, span: Span) -> types.Range:
        """A span of a file in the client's units."""
        name = span.source.path.partition("/")[2]
        start, stop = (span.source.position(at) for at in (span.start, max(span.start, span.stop)))
        where = types.Range(types.Position(start[0] - 1, start[1] - 1), types.Position(stop[0] - 1, stop[1] - 1))
        document = self.document(folder, name)
        return document.position_codec.range_to_client_units(document.lines, where)

    def refresh(self, folder: _Folder) -> None:
        """Read the names anew; those of before stay where the text does not parse."""
        with contextlib.suppress(StudyError):
            folder.index = index_of(folder.path, self.unsaved(folder))

    def schedule(self, folder: _Folder) -> None:
        """Check a folder soon; a check that has not begun gives way."""
        if folder.task is not None:
            folder.task.cancel()
        folder.task = asyncio.get_running_loop().create_task(self._check(folder))

    async def _check(self, folder: _Folder) -> None:
        for pause, every_variant in ((_PAUSE, False), (_REST, True)):
            await asyncio.sleep(pause)
            texts = self.unsaved(folder)
            checked = await asyncio.to_thread(check_texts, folder.path, texts, every_variant=every_variant)
            if self.unsaved(folder) == texts:
                folder.checked = checked
                self._publish(folder, checked.problems)

    def _publish(self, folder: _Folder, problems: tuple[Problem, ...]) -> None:
        by_file: dict[str, list[types.Diagnostic]] = {name: [] for name in (STUDY_FILE, *folder.shown)}
        for problem in problems:
            name = problem.span.source.path.partition("/")[2] or STUDY_FILE
            by_file.setdefault(name, []).append(self._diagnostic(folder, problem))
        for name, found in by_file.items():
            uri = self.document(folder, name).uri
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=found))
        folder.shown = {name for name, found in by_file.items() if found}

    def _diagnostic(self, folder: _Folder, problem: Problem) -> types.Diagnostic:
        advice = "" if problem.help is None else f"\nhelp: {problem.help}"
        is_error = problem.severity == "error"
        return types.Diagnostic(
            range=self.range_of(folder, problem.span),
            message=visible(problem.message, MOST_LETTERS) + advice,
            severity=types.DiagnosticSeverity.Error if is_error else types.DiagnosticSeverity.Warning,
            code=problem.code,
            source="standoff",
        )


def _path(uri: str) -> Path | None:
    parts = urlsplit(uri)
    return Path(url2pathname(unquote(parts.path))) if parts.scheme == "file" else None


def make_server() -> LanguageServer:
    """A server that has not begun; `start_io` lets it speak on standard input and output."""
    server = _Server()
    _follow(server)
    _answer(server)
    return server


def _follow(server: _Server) -> None:
    """What the editor tells: a file was opened, changed, saved, closed."""

    def changed(uri: str) -> None:
        known = server.folder_of(uri)
        if known is not None:
            server.refresh(known[0])
            server.schedule(known[0])

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def did_open(params: types.DidOpenTextDocumentParams) -> None:
        changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def did_change(params: types.DidChangeTextDocumentParams) -> None:
        changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def did_save(params: types.DidSaveTextDocumentParams) -> None:
        changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def did_close(params: types.DidCloseTextDocumentParams) -> None:
        changed(params.text_document.uri)


def _answer(server: _Server) -> None:
    """What the editor asks at a place of a file."""

    def at(document: types.TextDocumentIdentifier, position: types.Position) -> tuple[_Folder, str, str, int] | None:
        known = server.folder_of(document.uri)
        if known is None:
            return None
        held = server.workspace.get_text_document(document.uri)
        return *known, held.source, held.offset_at_position(position)

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[".", " ", "[", "{"]))
    def completion(params: types.CompletionParams) -> list[types.CompletionItem]:
        place = at(params.text_document, params.position)
        if place is None:
            return []
        folder, file, text, offset = place
        return [
            types.CompletionItem(
                label=one.text,
                kind=_KINDS[one.kind],
                detail=one.detail or None,
                sort_text=f"{number:05d}",
                text_edit=types.TextEdit(
                    server.range_of(folder, Span(_source(folder, file, text), one.start, offset)),
                    f"{one.text}: " if one.kind == "key" else one.text,
                ),
            )
            for number, one in enumerate(complete(text, offset, folder.index, claims=file == CLAIMS_FILE))
        ]

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        place = at(params.text_document, params.position)
        if place is None:
            return None
        folder, file, text, offset = place
        model = None if folder.checked is None else folder.checked.model
        found = meaning(folder.index, (_shown(folder, file), text), offset, model)
        if found is None:
            return None
        where = server.range_of(folder, Span(_source(folder, file, text), found.start, found.stop))
        lines = "\n\n".join(visible(line, MOST_LETTERS) for line in found.lines)
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, lines), where)

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def go_to(params: types.DefinitionParams) -> types.Location | None:
        place = at(params.text_document, params.position)
        if place is None or place[0].index is None:
            return None
        folder, file, _, offset = place
        found = definition(folder.index, _shown(folder, file), offset) if folder.index else None
        if found is None:
            return None
        name = found.source.path.partition("/")[2]
        return types.Location(server.document(folder, name).uri, server.range_of(folder, found))

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def references(params: types.ReferenceParams) -> list[types.Location]:
        place = at(params.text_document, params.position)
        if place is None or place[0].index is None:
            return []
        folder, file, _, offset = place
        mention = folder.index.at(_shown(folder, file), offset) if folder.index else None
        if mention is None or folder.index is None:
            return []
        return [
            types.Location(
                server.document(folder, one.span.source.path.partition("/")[2]).uri, server.range_of(folder, one.span)
            )
            for one in folder.index.all_of(mention.of)
        ]

    @server.feature(types.TEXT_DOCUMENT_RENAME)
    def renaming(params: types.RenameParams) -> types.WorkspaceEdit | None:
        place = at(params.text_document, params.position)
        if place is None:
            return None
        folder, file, _, offset = place
        try:
            edits = rename(folder.path, server.unsaved(folder), (file, offset), params.new_name)
        except (ValueError, StudyError) as error:
            server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, visible(str(error), 500)))
            return None
        changes: dict[str, list[types.TextEdit]] = {}
        for edit in edits:
            document = server.document(folder, edit.file)
            source = _source(folder, edit.file, document.source)
            where = server.range_of(folder, Span(source, edit.start, edit.stop))
            changes.setdefault(document.uri, []).append(types.TextEdit(where, edit.text))
        return types.WorkspaceEdit(changes)

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatting(params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        if server.folder_of(params.text_document.uri) is None:
            return []
        document = server.workspace.get_text_document(params.text_document.uri)
        new = laid_out(document.source)
        if new == document.source:
            return []
        whole = types.Range(types.Position(0, 0), types.Position(len(document.lines), 0))
        return [types.TextEdit(whole, new)]


def _shown(folder: _Folder, file: str) -> str:
    return f"{folder.path.resolve().name}/{file}"


def _source(folder: _Folder, file: str, text: str) -> Source:
    return Source(_shown(folder, file), text)
