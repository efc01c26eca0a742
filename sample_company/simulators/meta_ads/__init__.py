"""A stateful Meta Marketing API: insights, at once or as jobs, and the edges of an ad account.

Belongs here: what Meta says on the wire. Does not: the connector that reads it.
"""
