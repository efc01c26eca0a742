"""A Salesforce organisation that runs on one machine and speaks Salesforce's REST and Bulk APIs.

Belongs here: all that is Salesforce's. Does not: sockets, faults and clocks (the package above).
"""
