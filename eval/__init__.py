"""How good and how fast the search and the answers are, measured (评测).

Read in this order: `datasets` (questions and their gold articles), `metrics` (the formulas), `runs` (every
question asked once), `report` (the figures of a run), `bench` and `peers` (the same work done by others).
"""
