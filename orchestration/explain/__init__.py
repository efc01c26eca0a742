"""Answers to the question where a published figure comes from.

Belongs here: questions to the published marts and the working file. Does not: rules (SQL) or layout
(cli/).
"""
