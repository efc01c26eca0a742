"""Computing pay beside what is so: other plans, other deals, or a month once more.

Belongs here: running the models of pay over given inputs in a place of their own. Does not: any
rule of pay (models/**/compensation); writing to a home.
"""
