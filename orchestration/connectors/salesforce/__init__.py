"""The Salesforce connector: REST for what is small or new, Bulk 2.0 for what is large.

Belongs here: Salesforce's words, paths and objects. Does not: anything two vendors share.
"""
