"""Algorithms that SQL cannot express: numbers in, numbers out, no database and no clock.

dbt's Python models call them, so every file here counts as part of the dbt project: a change builds
all models again.
"""
