"""Compiled path following along the principal branch of logit quantal response equilibria.

Along the curve F(z, λ) = 0 of `quantal_equations`, a predictor of second order is corrected by Newton's method on the
system bordered by the last tangent, which passes turning points too. A change of sign of the bordered determinant
marks a bifurcation, which only games with special symmetries have; the path goes straight on. Met in a long step the
change nearly always means a jump to another branch, so the step is shortened, and the game followed once more in short
steps if the change stays.

Reference: T. Turocy, A dynamic homotopy interpretation of the logistic quantal response equilibrium correspondence
(2005), section 4; E. Allgower and K. Georg, Introduction to Numerical Continuation Methods (2003), chapters 6 and 8.
"""

import numpy as np
import numpy.typing as npt

from standoff.analysis.games.quantal.course import Course, highest_precision, place_at, straight_length
from standoff.analysis.games.quantal.elimination_kernel import back_substitute, factorise
from standoff.analysis.games.quantal.equations import (
    Game,
    Work,
    expect,
    fixed_point_residual,
    greatest,
    linearise,
    set_mix,
)
from standoff.analysis.games.quantal.limit import settle_limit
from standoff.base.numbers.compiled import compiled, part

REACHED, OUT_OF_STEPS, STUCK = 0, 1, 2

# columns of the table of facts about each game's branch
STATUS, PRECISION, FIRST_TURN, TURNS, BIFURCATIONS, STEPS, SETTLED, N_FACTS = 0, 1, 2, 3, 4, 5, 6, 7

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]

_FIRST_STEP = 0.1
_SHORTEST_STEP = 1e-9
_LONGEST_CORRECTION = 0.35  # in log-probability: beyond it the corrector might land on another branch
_WANTED_CORRECTION = 0.05  # steps are chosen to need about this much
_CLOSE = 1e-4  # Newton converges quadratically: a correction this small leaves an error near 1e-8
_WIDEST_TURN = 0.06  # one less the cosine: neighbouring tangents may differ by 20 degrees
_FOLD_STEP = 0.02  # a turning point is looked at in steps no longer than this
_FORK_STEP = 1e-3  # nearly all changes of sign met in longer steps are jumps to another branch


@compiled(nogil=True, error_model="numpy")
def follow_branches(
    tables: _Floats,
    strategies: _Integers,
    agent_of: _Integers,
    offsets: _Integers,
    targets: _Floats,
    limit_regret: float,
    max_precision: float,
    max_steps: int,
    caution: float,
    mixes: _Floats,
    residuals: _Floats,
    states: _Integers,
    limits: _Floats,
    facts: _Floats,
) -> None:
    """Follow the principal branch of each game and record where it first crosses each target.

    Args:
        tables: (n_games, n_players, n_cells, n_profiles), see `Game`; so are strategies, agent_of and offsets.
        targets: (n_games, n_targets), precisions, ascending.
        limit_regret: go on after the last target until no agent's regret exceeds this; negative: stop there.
        max_precision: give up the search for the limit beyond it.
        max_steps: steps allowed for a game, tried and failed ones counted.
        caution: 1 or less, scales what is allowed to happen within a step.
        mixes, residuals, states: (n_games, n_targets, n), (n_games, n_targets), same; written: probabilities, greatest
            difference from the logit of their own payoffs, and a code (`REACHED`, …).
        limits: (n_games, n), written: the last point of the branch, settled on its support where that succeeds.
        facts: (n_games, N_FACTS), written.
    """
    n = offsets[-1]
    work = Work(
        np.empty(n), np.empty(n), np.empty((n, n)), np.empty(n + 1), system=np.empty((n + 1, n + 1)),
        pivots=np.empty(n + 1, dtype=np.int64),
    )  # fmt: skip
    for g in range(len(tables)):
        game = Game(tables[g], strategies, agent_of, offsets)
        for care in (caution, 0.03 * caution):
            _follow_one(
                game, work, targets[g], limit_regret, max_precision, max_steps, care, mixes[g], residuals[g], states[g],
                facts[g], limits[g],
            )  # fmt: skip
            if facts[g, BIFURCATIONS] == 0 and facts[g, STATUS] != STUCK:
                break  # otherwise it may have jumped to a neighbouring branch: once more in short steps
        if limit_regret >= 0:
            facts[g, SETTLED] = settle_limit(game, work, limits[g])


@part
def _follow_one(
    game: Game,
    work: Work,
    targets: _Floats,
    limit_regret: float,
    max_precision: float,
    max_steps: int,
    caution: float,
    mixes: _Floats,
    residuals: _Floats,
    states: _Integers,
    facts: _Floats,
    limit: _Floats,
) -> None:
    """`follow_branches` for one game."""
    n = len(limit)
    place, bend = np.zeros(n + 1), np.zeros(n + 1)
    facts[:] = 0.0
    facts[FIRST_TURN] = np.nan
    states[:] = OUT_OF_STEPS
    linearise(game, work, place)
    tangent = np.ones(n + 1)
    tangent[:n] = work.advantage
    _scale_to_unit(tangent)
    status, passed, step, side = OUT_OF_STEPS, 0, _FIRST_STEP, 1.0
    while facts[STEPS] < max_steps:
        facts[STEPS] += 1
        next_place, next_tangent = np.empty(n + 1), np.zeros(n + 1)
        for j in range(n + 1):
            next_place[j] = place[j] + step * (tangent[j] + 0.5 * step * bend[j])
        correction, next_side = _correct(game, work, next_place, tangent, next_tangent)
        cosine = _inner(next_tangent, tangent)
        good = correction <= caution * _LONGEST_CORRECTION and 1.0 - cosine <= caution * _WIDEST_TURN
        good = good and next_place[n] > 0.0  # nothing of the branch lies before precision 0
        turns = next_tangent[n] * tangent[n] < 0
        forks = next_side * side < 0
        if good and not (turns and step > _FOLD_STEP) and not (forks and step > _FORK_STEP):
            course = Course(place, tangent, next_place, next_tangent)
            top = highest_precision(course) if turns and tangent[n] > 0 else next_place[n]
            reported = _report(game, work, course, top, targets, passed, mixes, residuals, states)
            if reported >= 0:
                passed = reported
                facts[BIFURCATIONS] += forks
                side = next_side
                if turns and tangent[n] > 0:
                    facts[TURNS] += 1
                    if facts[TURNS] == 1:
                        facts[FIRST_TURN] = top
                length = straight_length(course)
                for j in range(n + 1):
                    bend[j] = (next_tangent[j] - tangent[j]) / length
                place, tangent = next_place, next_tangent
                if passed == len(targets) and _has_ended(game, work, place, limit_regret, max_precision):
                    status = REACHED
                    break
                step *= min(2.0, max(0.5, (caution * _WANTED_CORRECTION / (correction + 1e-12)) ** (1 / 3)))
                continue
        step *= 0.4
        if step < _SHORTEST_STEP:
            status = STUCK
            states[passed:] = STUCK
            break
    facts[STATUS] = status
    facts[PRECISION] = place[n]
    set_mix(game, place, work.mix)
    limit[:] = work.mix


@part
def _has_ended(game: Game, work: Work, place: _Floats, limit_regret: float, max_precision: float) -> bool:
    """Whether nothing beyond this place is wanted."""
    if limit_regret < 0 or place[-1] >= max_precision:
        return True
    if greatest(work.advantage) > limit_regret:  # as it was before the last correction: cheap, and nearly right
        return False
    set_mix(game, place, work.mix)
    expect(game, work)
    ended: bool = greatest(work.advantage) <= limit_regret
    return ended


@part
def _correct(game: Game, work: Work, place: _Floats, tangent: _Floats, onward: _Floats) -> tuple[float, float]:
    """Newton's method back to the curve, across the tangent; place is moved, onward gets the unit tangent there.

    Returns:
        The first correction in log-probability (infinite where it fails) and the sign of the bordered determinant.
    """
    n = len(place) - 1
    first, last = np.inf, np.inf
    for k in range(4):
        linearise(game, work, place)
        work.system[n] = tangent
        work.error[n] = 0.0
        side = factorise(work.system, work.pivots)
        if side == 0.0:
            break
        back_substitute(work.system, work.pivots, work.error)
        size = _size(place, work.error)
        if not size <= 0.5 * last:
            break
        for j in range(n + 1):
            place[j] -= work.error[j]
        last = size
        if k == 0:
            first = size
        if size <= _CLOSE:
            onward[n] = 1.0
            back_substitute(work.system, work.pivots, onward)
            _scale_to_unit(onward)
            return first, side
    return np.inf, 0.0


@part
def _report(
    game: Game,
    work: Work,
    course: Course,
    top: float,
    targets: _Floats,
    passed: int,
    mixes: _Floats,
    residuals: _Floats,
    states: _Integers,
) -> int:
    """Record the targets first crossed on this stretch.

    Returns:
        How many targets are passed now; -1 where the stretch is too long to tell its points from another branch's.
    """
    n = len(course.place) - 1
    reach = max(top, course.next_place[n])
    while passed < len(targets) and targets[passed] <= reach and reach > course.place[n]:
        place = place_at(course, targets[passed], top)
        if not _polish(game, work, place):
            if straight_length(course) > 1e-4:
                return -1
            states[passed] = STUCK
        else:
            states[passed] = REACHED
        mixes[passed] = work.mix
        residuals[passed] = fixed_point_residual(game, work, targets[passed])
        passed += 1
    return passed


@part
def _polish(game: Game, work: Work, place: _Floats) -> bool:
    """Newton's method at the precision of the place, to rounding; leaves the probabilities in work.

    Returns:
        Whether it converged to a point near the one it started from.
    """
    n = len(place) - 1
    last, moved = np.inf, 0.0
    good = False
    for _ in range(20):
        linearise(game, work, place)
        work.system[n] = 0.0
        work.system[n, n] = 1.0
        work.error[n] = 0.0
        if factorise(work.system, work.pivots) == 0.0:
            break
        back_substitute(work.system, work.pivots, work.error)
        size = _size(place, work.error)
        if not size < last:
            break
        for j in range(n):
            place[j] -= work.error[j]
        last = size
        moved += size
        good = good or size < 1e-9
        if size < 1e-13:
            break
    linearise(game, work, place)
    return good and moved <= _LONGEST_CORRECTION


@part
def _scale_to_unit(values: _Floats) -> None:
    """Divide a direction by its length."""
    length = np.sqrt(_inner(values, values))
    for j in range(len(values)):
        values[j] /= length


@part
def _inner(left: _Floats, right: _Floats) -> float:
    """Inner product."""
    total = 0.0
    for j in range(len(left)):
        total += left[j] * right[j]
    return total


@part
def _size(place: _Floats, change: _Floats) -> float:
    """Greatest change, eased for large numbers: odds of e^-50 may be off by a few units, a precision by its share."""
    size = 0.0
    for j in range(len(place)):
        size = max(size, abs(change[j]) / (1.0 + 0.1 * abs(place[j])))
        if np.isnan(change[j]):
            return np.inf
    return size
