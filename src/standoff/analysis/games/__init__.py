"""Games on arrays: equilibria, dominance, quantal response, leadership, and how sure they are.

A game is an array (n_players, s1, …, sn); one file for each question.
"""
