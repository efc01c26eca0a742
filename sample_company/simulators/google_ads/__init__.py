"""A stateful Google Ads: token endpoint and searchStream, as the REST API documents them.

Belongs here: what Google Ads says on the wire. Does not: the connector that reads it.
"""
