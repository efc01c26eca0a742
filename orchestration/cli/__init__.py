"""The `concord` command: a thin layer over the Dagster jobs, for people at a terminal."""
