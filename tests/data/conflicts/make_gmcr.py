"""Write what GMCR+ finds stable in the conflicts that come with it: python make_gmcr.py FOLDER > gmcr.json

FOLDER is a checkout of https://github.com/onp/gmcr-py at 502a12c9 (version 0.4.1; O. Petersons, R. Kinsara, K. Hipel,
D. M. Kilgour). Its logical solver lets the opponents of a decision maker answer with one move for GMR and SMR.
"""

import contextlib
import importlib
import io
import json
import os
import sys

NAMES = ("Cuban", "Elmira", "Garrison", "MilkRiver", "Prisoners", "SyriaIraq")


def main() -> None:
    """Print the conflicts with their stable states."""
    os.chdir(sys.argv[1])
    sys.path.insert(0, ".")
    models, solvers = map(importlib.import_module, ("data_01_conflictModel", "data_02_conflictSolvers"))

    found = {}
    for name in NAMES:
        conflict = models.ConflictModel()
        with contextlib.redirect_stdout(io.StringIO()):
            conflict.load_from_file(f"Examples/{name}.gmcr")
            solver = solvers.LogicalSolver(conflict)
            solver.findEquilibria()
        nash, gmr, seq, _, _, smr = ([k + 1 for k, x in enumerate(row) if x] for row in solver.allEquilibria)
        options = list(conflict.options)
        found[name] = {
            "options": [[o.name, o.permittedDirection] for o in options],
            "players": [[dm.name, [options.index(o) for o in dm.options]] for dm in conflict.decisionMakers],
            "ranking": [dm.preferenceRanking for dm in conflict.decisionMakers],
            "states": [int(state) for state in conflict.feasibles.decimal],
            "stable": {"nash": nash, "seq": seq, "gmr": gmr, "smr": smr},
        }
    rows = ",\n".join(f' "{name}": {json.dumps(conflict)}' for name, conflict in found.items())
    print(f"{{\n{rows}\n}}")


if __name__ == "__main__":
    main()
