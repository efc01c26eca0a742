"""What the simulated advertising platforms share: accounts, campaigns, and what each day cost.

Belongs here: figures, their restatements, and the sample company's weeks as days. Does not: any
vendor's words or wire format.
"""
