import asyncio
import random
import shutil
import sys
from pathlib import Path

import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient

from standoff.editing.problems import check_texts
from standoff.language.load import find_study

WAIT = 20.0  # seconds for an answer; only a server that hangs takes them


@pytest_lsp.fixture(config=ClientServerConfig(server_command=[sys.executable, "-m", "standoff", "lsp"]))
async def client(lsp_client: LanguageClient):
    capabilities = types.ClientCapabilities(general=types.GeneralClientCapabilities(position_encodings=["utf-16"]))
    await lsp_client.initialize_session(types.InitializeParams(capabilities=capabilities))
    yield
    await lsp_client.shutdown_session()


def copy_of(study: str, folder: Path) -> Path:
    own = folder / study
    shutil.copytree(find_study(study).parent, own)
    return own / "study.yaml"


def open_file(client: LanguageClient, path: Path) -> str:
    text = path.read_text()
    item = types.TextDocumentItem(uri=path.as_uri(), language_id="yaml", version=1, text=text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
    return text


def place(text: str, needle: str, within: int = 0) -> types.Position:
    offset = text.index(needle) + within
    line = text.count("\n", 0, offset)
    return types.Position(line, offset - (text.rfind("\n", 0, offset) + 1))


def edit(client: LanguageClient, path: Path, version: int, where: types.Range, text: str) -> None:
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            text_document=types.VersionedTextDocumentIdentifier(uri=path.as_uri(), version=version),
            content_changes=[types.TextDocumentContentChangePartial(range=where, text=text)],
        )
    )


async def problems_of(client: LanguageClient, path: Path, wanted) -> list[types.Diagnostic]:
    """What the server last said of a file, once it says what is wanted."""
    for _ in range(int(WAIT / 0.02)):
        found = client.diagnostics.get(path.as_uri())
        if found is not None and wanted(found):
            return list(found)
        await asyncio.sleep(0.02)
    return list(client.diagnostics.get(path.as_uri(), ()))


async def test_a_problem_appears_at_its_place_and_goes_when_it_is_mended(client: LanguageClient, tmp_path):
    path = copy_of("rivals", tmp_path)
    text = open_file(client, path)
    start = place(text, "fear * arms_south if")
    word = types.Range(start, types.Position(start.line, start.character + 4))
    edit(client, path, 2, word, "feer")
    found = await problems_of(client, path, len)
    assert [(one.code, one.range) for one in found] == [("unknown-name", word)]
    assert "did you mean `fear`?" in found[0].message
    edit(client, path, 3, word, "fear")
    assert await problems_of(client, path, lambda found: not found) == []


async def test_completion_offers_names_where_an_equation_stands(client: LanguageClient, tmp_path):
    path = copy_of("rivals", tmp_path)
    text = open_file(client, path)
    params = types.CompletionParams(types.TextDocumentIdentifier(path.as_uri()), place(text, "fear * arms_south if", 2))
    items = await client.text_document_completion_async(params)
    assert [item.label for item in items] == ["fear"]


async def test_hover_and_definition_follow_a_name(client: LanguageClient, tmp_path):
    path = copy_of("rivals", tmp_path)
    text = open_file(client, path)
    document, where = types.TextDocumentIdentifier(path.as_uri()), place(text, "arms_south if", 3)
    hover = await client.text_document_hover_async(types.HoverParams(document, where))
    assert hover.contents.value.startswith("`arms_south`: stock in missile")
    found = await client.text_document_definition_async(types.DefinitionParams(document, where))
    assert found.range.start == place(text, "arms_south: {start")


async def test_rename_changes_every_place_and_nothing_else(client: LanguageClient, tmp_path):
    path = copy_of("rivals", tmp_path)
    text = open_file(client, path)
    document = types.TextDocumentIdentifier(path.as_uri())
    params = types.RenameParams(text_document=document, position=place(text, "trust:"), new_name="confidence")
    found = await client.text_document_rename_async(params)
    edits = found.changes[path.as_uri()]
    lines = text.split("\n")
    assert all(lines[one.range.start.line][one.range.start.character :].startswith("trust") for one in edits)
    assert len(edits) == 7


async def test_letters_of_two_units_keep_their_places(client: LanguageClient, tmp_path):
    path = copy_of("rivals", tmp_path)
    path.write_text(path.read_text().replace("title: Two rivals", "title: \N{DRAGON} Two rivals") + "nonsense: 1\n")
    text = open_file(client, path)
    found = await problems_of(client, path, len)
    assert found[0].range.start == place(text, "nonsense")


async def test_random_edits_leave_server_and_check_equal(client: LanguageClient, tmp_path):
    path = copy_of("rivals", tmp_path)
    text = open_file(client, path)
    luck = random.Random(11)
    pieces = ["", " ", "\n", ":", "fear", "[", "}", "'", "  ", "# x", "1e3", "\N{DRAGON}", "- "]
    for version in range(2, 1002):
        start = luck.randrange(len(text) + 1)
        stop = min(len(text), start + luck.choice((0, 0, 1, 3)))
        new = luck.choice(pieces)
        where = types.Range(*(utf16(text, at) for at in (start, stop)))
        edit(client, path, version, where, new)
        text = text[:start] + new + text[stop:]
        if version % 10 == 0:
            text = await settle(client, path, text, version)
    expected = sorted((one.code, one.span.line) for one in check_texts(path.parent, {"study.yaml": text}).problems)

    def told(found):
        return sorted((one.code, one.range.start.line + 1) for one in found)

    assert told(await problems_of(client, path, lambda found: told(found) == expected)) == expected


async def settle(client, path, text, version):
    """A sound study again, so that edits do not end in one that never parses; the server must follow this too."""
    sound = find_study("rivals").read_text()
    where = types.Range(types.Position(0, 0), utf16(text, len(text)))
    if version % 100 == 0:
        edit(client, path, version * 10_000, where, sound)
        await problems_of(client, path, lambda found: not found)
        return sound
    return text


def utf16(text: str, offset: int) -> types.Position:
    line = text.count("\n", 0, offset)
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    return types.Position(line, len(before.encode("utf-16-le")) // 2)
