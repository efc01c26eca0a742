"""What finance takes away for a month: statements, tables, the tie-out, the audit pack.

Belongs here: files that are made of what was published. Does not: any sum or rule of pay (dbt); the
command (cli/export.py).
"""
