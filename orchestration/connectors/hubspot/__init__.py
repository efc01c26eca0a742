"""The HubSpot connector: lists for what is all, search for what is new, batches for the values.

Belongs here: HubSpot's words, paths and objects. Does not: anything two vendors share.
"""
