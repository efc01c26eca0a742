"""Measures a whole day's job at a scale: `make bench SCALE=50`."""
