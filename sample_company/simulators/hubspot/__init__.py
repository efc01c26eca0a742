"""A HubSpot account that answers on one machine as HubSpot's REST API does.

Belongs here: the account, its records and its API. Does not: the server's frame (one folder up).
"""
