"""Connectors: what is read from systems over their APIs and lands as deliveries of a drop folder.

Belongs here: what all vendors share; one folder for each vendor. Does not: reading deliveries
(sources/file_drop), or the order of a run (ingest). Nothing is imported here, because a run without
a connector must not pay for one.
"""
