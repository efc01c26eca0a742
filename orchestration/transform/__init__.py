"""Runs dbt: the project's models, tests and documentation, as Dagster assets."""
