"""Guards: what must hold of the delivered data and of the numbers before anyone sees them.

Belongs here: suites (YAML), their loader, their evaluation by Great Expectations, the page that
shows the outcome. Does not: keys, joins and row logic (dbt's), Dagster, publishing, company folder.
Importing this package is cheap; Great Expectations is imported when guards are evaluated.
"""
