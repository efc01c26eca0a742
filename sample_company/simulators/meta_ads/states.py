"""The state of campaigns, ad sets and ads in Meta's words, and the ids of ad sets.

Belongs here: states. Does not: who sees which (asking).
"""

from __future__ import annotations

from sample_company.simulators.advertising.platform import Account, Ad, Campaign

# Numbers that account_status may have.
ACTIVE, CLOSED = 1, 101


def state_of(about: Campaign | Ad, campaign: Campaign | None = None) -> str:
    """The effective status: an ad's follows from its campaign's."""
    if isinstance(about, Campaign) and about.status is not None:
        return about.status
    if about.removed_at is not None:
        return "DELETED"
    if isinstance(about, Campaign):
        return "ACTIVE" if about.is_running else "PAUSED"
    return "ACTIVE" if campaign is None or campaign.is_running else "CAMPAIGN_PAUSED"


def ad_set_id(campaign: Campaign) -> str:
    """The id of the one ad set that each campaign has here."""
    return f"{campaign.id}90"


def account_status(account: Account) -> int:
    """1 is active, 101 closed."""
    if account.status is not None:
        return int(account.status)
    return ACTIVE if account.is_open else CLOSED
