"""Brings the company folder and the sources into the working warehouse, as Dagster assets."""
