"""Write ema_workbench.json: the peeling trajectories of EMA Workbench's PRIM, for the tests to compare with."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent


def trajectory(prim, x: pd.DataFrame, y: np.ndarray, **options: object) -> list[dict[str, float]]:
    """Cases, cases of interest, restricted dimensions and coverage of every box."""
    box = prim.Prim(x, y, threshold=0.1, **options).find_box()
    table = box.peeling_trajectory[["n", "k", "res_dim", "coverage"]]
    return [{name: float(row[name]) for name in table.columns} for _, row in table.iterrows()]


def main() -> None:
    """Run both data sets."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis import prim  # noqa: PLC0415
    table = pd.read_csv(HERE / "bryant_lempert_2010.csv")
    k = np.arange(600)
    a, b, c = (k * 7919 % 600) / 600.0, (k * 104729 % 601) / 601.0, k * 31 % 3
    mixed = pd.DataFrame({"a": a, "b": b, "c": np.array(["low", "mid", "high"], dtype=object)[c]})
    y = (((a > 0.55) & (c != 1) & (b < 0.7)) | (k % 41 == 0)).astype(int)
    found = {
        "bryant_lempert_2010": trajectory(prim, table.iloc[:, 2:11], table.iloc[:, -1].to_numpy(), peel_alpha=0.1),
        "mixed": {
            name: trajectory(prim, mixed, y, obj_function=getattr(prim.PRIMObjectiveFunctions, name.upper()))
            for name in ("lenient1", "original")
        },
    }
    (HERE / "ema_workbench.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
