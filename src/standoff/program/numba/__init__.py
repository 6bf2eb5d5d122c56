"""The program written as Numba source, compiled and cached."""
