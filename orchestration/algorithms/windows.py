"""The last channels of a path as one whole number, as many as a Markov chain remembers.

A channel is a number from 1 to 63, and 0 none; a window is its channels as digits of base 64, the
latest last. So the window of the chain of order k is the last k digits, and the next one is got by
appending a digit.

Belongs here: that code. Does not: chains (absorbing_chain.py).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BASE = 64
Windows = npt.NDArray[np.int64]


def window(third_last: Windows, second_last: Windows, last: Windows) -> Windows:
    """The windows of three channels; 0 where a path has not so many."""
    return (third_last * BASE + second_last) * BASE + last


def remembered(windows: Windows, order: int) -> Windows:
    """What a chain of this order remembers of windows."""
    return windows % BASE**order


def appended(windows: Windows, next_channels: Windows) -> Windows:
    """The windows one step later."""
    return windows * BASE + next_channels


def latest(windows: Windows) -> Windows:
    """The last channels of windows."""
    return windows % BASE
