"""How long, how often and how much: the numbers that keep a pull from hanging or growing.

Belongs here: numbers only. Does not: what a company decides (sources.yml).
"""

from __future__ import annotations

ATTEMPTS = 6
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 60.0
CONNECT_SECONDS = 10
SILENCE_SECONDS = 120
# One answer, however slowly it drips.
ANSWER_SECONDS = 600.0
READ_BYTES = 1 << 20
MEMORY = "512MB"
# Deliveries of a dataset beyond which they are made one.
MANY_DELIVERIES = 16
PARQUET_ROW_GROUP = 100_000
# Records of a first delivery that are looked through for doubles at a time.
RECORDS_AT_ONCE = 500_000
