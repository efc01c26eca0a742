"""The connectors: one folder per loader. Each hands typed raw rows of canonical entities on.

Belongs here: how data are fetched, read and typed. Does not: business rules (dbt) or state.
"""
