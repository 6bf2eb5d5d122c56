"""A study's tree and table, read back by Gambit's grammar: who can tell what apart, and what each path pays."""

import numpy as np
import pytest

import standoff
from standoff.analysis.games.exchange import read_nfg
from standoff.analysis.runs.game_table import game_table
from standoff.exchange.exports import EXPORTS, Outgoing
from standoff.exchange.games.tree import read_efg
from standoff.exchange.games.tree_out import write_efg

STUDY = """\
standoff: 1
title: Two steps
question: Who yields?
decider: row
clock: {start: 2025-01, step: month, steps: 2}
ORDERactors: {row: {name: Row}, column: {name: Column}}
uncertainties: {prize: {range: [1, 2], judgement: guess, known_to: [row]}}
choices: {row: [hold, yield_], column: {options: [fight, share], seen_by: SEEN}}
strategies:
  row: {holds: {choose: hold}, yields: {choose: yield_}}
  column: {fights: {choose: fight}, shares: {choose: share}}
stocks: {won: {start: 0, seen_by: [row], next: "won + (1 if row == hold and column == share else 0)"}}
payoffs:
  row: {each: "prize if row == hold and column == share else 0"}
  column: {final: "-won"}
outcomes: {won: {measure: final(won), better: higher}}
"""


def tree_of(tmp_path, *, seen="[row, column]", order=""):
    (tmp_path / "study.yaml").write_text(STUDY.replace("SEEN", seen).replace("ORDER", order))
    study = standoff.load(tmp_path)
    return study, write_efg(study)


def test_players_of_a_step_cannot_tell_each_others_choices_apart(tmp_path):
    tree = read_efg(tree_of(tmp_path)[1])
    # row knows the prize: its world, and in the second step what both chose; column sees only what both chose
    assert len(tree.sets_of(1)) == 4 + 4 * 4
    assert len(tree.sets_of(2)) == 1 + 4


def test_what_is_hidden_cannot_be_told_apart(tmp_path):
    tree = read_efg(tree_of(tmp_path, seen="[column]")[1])
    assert len(tree.sets_of(2)) == 1 + 4
    # of column's choice row sees what it won, and that only where it held
    assert len(tree.sets_of(1)) == 4 + 4 * 3


def test_who_moves_second_sees_what_was_chosen_before_it_in_the_step(tmp_path):
    tree = read_efg(tree_of(tmp_path, order="order: [[row], [column]]\n")[1])
    assert len(tree.sets_of(2)) == 2 + 2 * 4


def test_each_path_pays_what_the_future_pays(tmp_path):
    study, text = tree_of(tmp_path)
    tree = read_efg(text)
    prizes = study.design(4, 1, 1).worlds.columns["prize"]
    for world, child in enumerate(tree.nodes[0].children):
        node = tree.nodes[child]
        for step in (0, 0, 0, 1):  # hold and fight, then hold and share
            node = tree.nodes[node.children[step]]
        assert [float(x) for x in node.payoffs] == [prizes[world], -1.0]


def test_a_step_with_too_many_ends_is_refused(tmp_path):
    options = ", ".join(f"o{k}" for k in range(200))
    (tmp_path / "study.yaml").write_text(
        STUDY.replace("SEEN", "[row, column]")
        .replace("ORDER", "")
        .replace("[hold, yield_]", f"[hold, yield_, {options}]")
    )
    with pytest.raises(ValueError, match=r"one step has 1,616 ends"):
        write_efg(standoff.load(tmp_path))


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "run"
    standoff.load("rivals").run(worlds=16, replications=2, evaluator="reference", out=folder)
    out = Outgoing("rivals", None, folder)
    (row,) = (row for row in EXPORTS if row.name == "nfg")
    return game_table(out.run), row.write(out)["game.nfg"]


def test_the_table_of_a_run_comes_back_with_the_same_payoffs(table):
    assert np.array_equal(read_nfg(table[1].decode()).payoffs, table[0].payoffs.mean(axis=-1))


def test_gambit_reads_both_with_the_same_payoffs(table, tmp_path):
    pygambit = pytest.importorskip("pygambit")
    (tmp_path / "game.nfg").write_bytes(table[1])
    game = pygambit.read_nfg(tmp_path / "game.nfg")
    expected = table[0].payoffs.mean(axis=-1)
    for at in np.ndindex(expected.shape[1:]):
        found = [float(game[at][player]) for player in game.players]
        assert found == expected[(slice(None), *at)].tolist()
    (tmp_path / "tree.efg").write_text(tree_of(tmp_path)[1])
    tree = pygambit.read_efg(tmp_path / "tree.efg")
    assert [len(player.infosets) for player in tree.players] == [20, 5]
    assert tree.is_perfect_recall
