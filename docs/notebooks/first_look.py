"""A first look at a study from Python: open with `marimo edit docs/notebooks/first_look.py`, or run as a script."""

import marimo

app = marimo.App()


@app.cell
def _():
    import standoff

    study = standoff.load("rivals")
    run = study.run(worlds=64, replications=4, seed=1)
    run
    return run, standoff, study


@app.cell
def _(run):
    run.answer()


@app.cell
def _(run):
    run.linchpins().frame()


@app.cell
def _(study):
    games = study.games(worlds=64, replications=4)
    print(games)
    games


@app.cell
def _(run, study):
    bold = study.run(worlds=64, replications=4, seed=1, set={"fear": 0.3})
    run.compare(bold)


@app.cell
def _(run):
    run.paths("arms_north", futures=50).groupby("step")["arms_north"].mean()


if __name__ == "__main__":
    app.run()
