"""Compiled path of logit equilibria of a stochastic game: predictor, corrector, and the equations in blocks.

The unknowns are (states, choices) logarithms of chances, (states, players) values, and λ, in one row y. Given values
and λ, what is played in a state hangs on nothing of any other state, so that each state's block is taken out first and
what is left to invert has a row for each value, and one across the path.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

_FIRST, _LONGEST, _SHORTEST = 0.1, 1e7, 1e-9
_NEWTON, _CLOSE = 10, 1e-10
_MOST_STEPS = 5_000
_LOOKED = 4
_ALONG = 0.9
_HUGE = 700.0


@njit(cache=True, nogil=True, error_model="numpy")
def trace(
    payoffs: Floats, moves: Floats, digits: Places, first: Places, discounts: Floats, y: Floats, tolerance: float,
    most: float,
) -> tuple[Floats, int]:  # fmt: skip
    """Follow the path from even play until nobody can gain more than the tolerance, or to λ = `most`.

    Args:
        payoffs: (states, players, profiles), scaled to a range of 1.
        moves: (states, profiles, states), chances of the next state.
        digits: (profiles, players), each player's action.
        first: (players + 1,), where each player's choices begin among all.
        discounts: (players,).
        y: Even play, its values, and 0.
        tolerance: What may be gained.
        most: λ at which to stop.

    Returns:
        Where it ended, and in how many steps.
    """
    tangent = np.zeros(y.size)
    tangent[-1] = 1.0
    tangent = _corrected(payoffs, moves, digits, first, discounts, y, tangent)[2]
    step = _FIRST
    for taken in range(_MOST_STEPS):
        if taken % _LOOKED == 0 and _slack(payoffs, moves, digits, first, discounts, y) <= tolerance:
            return y, taken
        guess = y + step * tangent
        good, ahead, direction, rounds = _corrected(payoffs, moves, digits, first, discounts, guess, tangent)
        if good and direction @ tangent < _ALONG:
            good = False
        if good and ahead[-1] >= most:
            share = (most - y[-1]) / (ahead[-1] - y[-1])
            guess = y + share * (ahead - y)
            across = np.zeros(y.size)
            across[-1] = 1.0
            good, ahead = _corrected(payoffs, moves, digits, first, discounts, guess, across)[:2]
            return (ahead if good else y), taken + 1
        if not good:
            step *= 0.5
            if step < _SHORTEST:
                return y, taken + 1
            continue
        y, tangent = ahead, direction
        step = min(_LONGEST, step * (2.0 if rounds <= 4 else 1.3 if rounds <= 6 else 0.8))
    return y, _MOST_STEPS


@njit(cache=True, nogil=True, error_model="numpy")
def residual(payoffs: Floats, moves: Floats, digits: Places, first: Places, discounts: Floats, y: Floats) -> float:
    """The largest of the equations."""
    n_states, n_players = payoffs.shape[:2]
    n_choices = first[-1]
    f, g = np.empty((n_states, n_choices)), np.empty((n_states, n_players))
    _equations(payoffs, moves, digits, first, discounts, y, f, g)
    return float(max(np.abs(f).max(), np.abs(g).max()))


@njit(cache=True, nogil=True, error_model="numpy")
def _ahead(payoffs, moves, values, discounts, s, i, q):  # type: ignore[no-untyped-def]
    """What each profile pays a player from a state on."""
    for p in range(q.size):
        total = 0.0
        for t in range(moves.shape[0]):
            total += moves[s, p, t] * values[t, i]
        q[p] = payoffs[s, i, p] + discounts[i] * total


@njit(cache=True, nogil=True, error_model="numpy")
def _add_worths(q, chances, digits, first, i, worth):  # type: ignore[no-untyped-def]
    """Add to each choice of a player what it is worth, on average over what the others do."""
    for p in range(q.size):
        weight = 1.0
        for j in range(digits.shape[1]):
            if j != i:
                weight *= chances[first[j] + digits[p, j]]
        worth[first[i] + digits[p, i]] += weight * q[p]


@njit(cache=True, nogil=True, error_model="numpy")
def _equations(payoffs, moves, digits, first, discounts, y, f, g):  # type: ignore[no-untyped-def]
    """By how much each equation fails."""
    n_states, n_players, n_profiles = payoffs.shape
    n = first[-1]
    values, precision = y[n_states * n : -1].reshape(n_states, n_players), y[-1]
    q, worth = np.empty(n_profiles), np.empty(n)
    for s in range(n_states):
        logs = y[s * n : (s + 1) * n]
        chances = np.exp(logs)
        worth[:] = 0.0
        for i in range(n_players):
            _ahead(payoffs, moves, values, discounts, s, i, q)
            _add_worths(q, chances, digits, first, i, worth)
            a = first[i]
            summed, mean = 0.0, 0.0
            for k in range(a, first[i + 1]):
                summed += chances[k]
                mean += chances[k] * worth[k]
                f[s, k] = logs[k] - logs[a] - precision * (worth[k] - worth[a])
            f[s, a] = summed - 1.0
            g[s, i] = values[s, i] - mean


@njit(cache=True, nogil=True, error_model="numpy")
def _slack(payoffs, moves, digits, first, discounts, y):  # type: ignore[no-untyped-def]
    """A bound on what anybody could gain by any other strategy."""
    n_states, n_players, n_profiles = payoffs.shape
    n = first[-1]
    values = y[n_states * n : -1].reshape(n_states, n_players)
    q, worth, most = np.empty(n_profiles), np.empty(n), 0.0
    for s in range(n_states):
        chances = np.exp(y[s * n : (s + 1) * n])
        worth[:] = 0.0
        for i in range(n_players):
            _ahead(payoffs, moves, values, discounts, s, i, q)
            _add_worths(q, chances, digits, first, i, worth)
            best = worth[first[i] : first[i + 1]].max()
            most = max(most, (best - values[s, i]) / (1.0 - discounts[i]))
    return most


@njit(cache=True, nogil=True, error_model="numpy")
def _corrected(payoffs, moves, digits, first, discounts, guess, tangent):  # type: ignore[no-untyped-def]
    """The point of the path across the tangent from a guess: whether, where, its own tangent, and in how many rounds.

    Newton's method with the derivatives of the guess alone.
    """
    n_states, n_players = payoffs.shape[:2]
    n = first[-1]
    m = n_states * n_players
    inverses = np.empty((n_states, n, n))
    lead = np.empty((n_states, n, m + 1))  # what a state's logarithms do as values and λ move, but for the sign
    below = np.empty((n_states, n_players, n))
    core = np.zeros((m + 1, m + 1))
    if not _factored(payoffs, moves, digits, first, discounts, guess, tangent, inverses, lead, below, core):
        return False, guess, tangent, 0
    f, g = np.zeros((n_states, n)), np.zeros((n_states, n_players))
    direction = _solved(inverses, lead, below, core, tangent, f, g, 1.0)
    size = np.sqrt(direction @ direction)
    if not np.isfinite(size) or size == 0.0:
        return False, guess, tangent, 0
    direction /= size
    y, last = guess.copy(), np.inf
    for rounds in range(1, _NEWTON + 1):
        _equations(payoffs, moves, digits, first, discounts, y, f, g)
        change = _solved(inverses, lead, below, core, tangent, f, g, tangent @ (y - guess))
        y -= change
        far = np.abs(change).max()
        if not far < last or y[:-1].max() > _HUGE:
            return False, guess, tangent, rounds
        if far < _CLOSE * (1.0 + np.abs(y).max()):
            return True, y, direction, rounds
        last = far
    return False, guess, tangent, _NEWTON


@njit(cache=True, nogil=True, error_model="numpy")
def _factored(payoffs, moves, digits, first, discounts, y, tangent, inverses, lead, below, core):  # type: ignore[no-untyped-def]
    """Derivatives at y, each state's block inverted and taken out of what is left; False where one has no inverse."""
    n_states, n_players, n_profiles = payoffs.shape
    n = first[-1]
    m = n_states * n_players
    values, precision = y[n_states * n : -1].reshape(n_states, n_players), y[-1]
    q, worth = np.empty(n_profiles), np.empty(n)
    moved, leads = np.empty((n, n)), np.empty((n, n_states))
    block, side = np.empty((n, n)), np.empty((n, m + 1))
    core[:] = 0.0
    core[m, :] = tangent[n_states * n :]
    for s in range(n_states):
        chances = np.exp(y[s * n : (s + 1) * n])
        worth[:], moved[:], leads[:] = 0.0, 0.0, 0.0
        for i in range(n_players):
            _ahead(payoffs, moves, values, discounts, s, i, q)
            for p in range(n_profiles):
                k = first[i] + digits[p, i]
                weight = 1.0
                for j in range(n_players):
                    if j != i:
                        weight *= chances[first[j] + digits[p, j]]
                worth[k] += weight * q[p]
                for t in range(n_states):
                    leads[k, t] += discounts[i] * weight * moves[s, p, t]
                for j in range(n_players):
                    if j != i:  # by the logarithm of another's chance
                        moved[k, first[j] + digits[p, j]] += weight * q[p]
        block[:], side[:] = 0.0, 0.0
        for i in range(n_players):
            a, row = first[i], s * n_players + i
            for k in range(a, first[i + 1]):
                block[a, k] = chances[k]
            for k in range(a + 1, first[i + 1]):
                block[k] = -precision * (moved[k] - moved[a])
                block[k, k] += 1.0
                block[k, a] -= 1.0
                for t in range(n_states):
                    side[k, t * n_players + i] = -precision * (leads[k, t] - leads[a, t])
                side[k, m] = -(worth[k] - worth[a])
            below[s, i] = 0.0
            core[row, row] += 1.0
            for k in range(a, first[i + 1]):
                below[s, i] -= chances[k] * moved[k]
                below[s, i, k] -= chances[k] * worth[k]
                for t in range(n_states):
                    core[row, t * n_players + i] -= chances[k] * leads[k, t]
        if not _inverted(block):
            return False
        inverses[s] = block
        lead[s] = block @ side
        core[s * n_players : (s + 1) * n_players] -= below[s] @ lead[s]
        core[m] -= tangent[s * n : (s + 1) * n] @ lead[s]
    return _inverted(core)


@njit(cache=True, nogil=True, error_model="numpy")
def _solved(inverses, lead, below, core, tangent, f, g, across):  # type: ignore[no-untyped-def]
    """The change of all unknowns that has these sides."""
    n_states, n = f.shape
    m = g.size
    found, own, right = np.empty(n_states * n + m + 1), np.empty((n_states, n)), np.empty(m + 1)
    right[m] = across
    n_players = g.shape[1]
    for s in range(n_states):
        own[s] = inverses[s] @ f[s]
        right[s * n_players : (s + 1) * n_players] = g[s] - below[s] @ own[s]
        right[m] -= tangent[s * n : (s + 1) * n] @ own[s]
    rest = core @ right
    for s in range(n_states):
        found[s * n : (s + 1) * n] = own[s] - lead[s] @ rest
    found[n_states * n :] = rest
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def _inverted(a):  # type: ignore[no-untyped-def]
    """Invert a small matrix in place (Gauss and Jordan, by the largest of a column); False where it has no inverse."""
    n = len(a)
    order = np.arange(n)
    for k in range(n):
        best = k + np.argmax(np.abs(a[k:, k]))
        if not np.abs(a[best, k]) > 1e-300:
            return False
        if best != k:
            for j in range(n):
                a[k, j], a[best, j] = a[best, j], a[k, j]
            order[k], order[best] = order[best], order[k]
        scale = 1.0 / a[k, k]
        a[k, k] = 1.0
        for j in range(n):
            a[k, j] *= scale
        for i in range(n):
            if i != k:
                factor = a[i, k]
                a[i, k] = 0.0
                for j in range(n):
                    a[i, j] -= factor * a[k, j]
    held = a.copy()
    for k in range(n):
        a[:, order[k]] = held[:, k]
    return True
