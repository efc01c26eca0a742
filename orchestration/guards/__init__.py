"""Hangs the guards of expectations/ into the job, as Dagster asset checks."""
