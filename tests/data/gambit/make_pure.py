"""Pure equilibria of every game of Gambit's catalogue by pygambit, stored once.

    python tests/data/gambit/make_pure.py GAMES > tests/data/gambit/pure.json      # with pygambit 16.7.0

For each file that pygambit reads: how many strategies each player has, and its pure equilibria, each as the labels of
the strategies (an action's number for each set of information) or, for tables, their places; and what everybody gets.
Of many equilibria only the digest of the sorted list is kept.
"""

import hashlib
import io
import json
import math
import re
import sys
from pathlib import Path

import pygambit

MOST_PROFILES, MOST_LISTED = 1_000_000, 20


def main(folder: Path) -> None:
    """Print the answers."""
    print("{")
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".efg", ".nfg"))
    rows = [f"{json.dumps(path.relative_to(folder).as_posix())}: {json.dumps(answer(path))}" for path in paths]
    print(",\n".join(rows))
    print("}")


def answer(path: Path) -> dict[str, object]:
    """One file's answer."""
    read = pygambit.read_efg if path.suffix == ".efg" else pygambit.read_nfg
    try:
        game = read(path)
    except ValueError:  # names that this version wants unique: they decide nothing
        text = re.sub(r'^(\s*[cpt]) "[^"]*"', r'\1 ""', path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        text = re.sub(r"[^\x20-\x7e\n]| {2,}", " ", text)
        text = re.sub(r'^(\s*(?:c "" \d+|p "" \d+ \d+)) "[^"]*"', r'\1 ""', text, flags=re.MULTILINE)
        try:
            game = read(io.StringIO(text))
        except ValueError as error:
            return {"unread": str(error)}
    sizes = [len(player.strategies) for player in game.players]
    if math.prod(sizes) > MOST_PROFILES:
        return {"sizes": sizes, "large": True}
    try:
        equilibria = pygambit.nash.enumpure_solve(game).equilibria
    except RuntimeError as error:
        return {"sizes": sizes, "unsolved": str(error)}
    found = []
    for equilibrium in equilibria:
        played = []
        for player in game.players:
            strategies = list(player.strategies)
            k = next(k for k, strategy in enumerate(strategies) if equilibrium[strategy] == 1)
            played.append(strategies[k].label if path.suffix == ".efg" else k)
        found.append([played, [float(equilibrium.payoff(player)) for player in game.players]])
    if len(found) > MOST_LISTED:
        text = json.dumps(sorted(played for played, _ in found))
        return {"sizes": sizes, "n": len(found), "sha256": hashlib.sha256(text.encode()).hexdigest()}
    return {"sizes": sizes, "n": len(found), "pure": found}


main(Path(sys.argv[1]))
