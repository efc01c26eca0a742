"""What the exit code of `concord` says. README.md has the same list."""

SUCCESS = 0
# The job ran and something is wrong: a guard held a group, a step failed.
RUN_FAILED = 1
# The command line itself is wrong (click's own code).
USAGE = 2
# The company folder or an environment variable is invalid; nothing was moved.
INVALID_INPUT = 3
# Another run holds this home.
BUSY = 4
