"""A stateful LinkedIn Marketing API: accounts, campaigns and adAnalytics, in Rest.li 2.0.

Belongs here: what LinkedIn says on the wire. Does not: the connector that reads it.
"""
