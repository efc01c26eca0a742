"""Sources whose system is simulated: which can be, and what sources.yml may say of them.

Belongs here: which options of a source give way to a simulator. Does not: starting one
(orchestration/simulators.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from orchestration.company.funnel_checks import unknown_name
from orchestration.company.problems import Problem
from orchestration.company.sources import ConnectorSource, FileDropSource
from orchestration.company.suggestions import listed
from orchestration.company.yaml_file import YamlFile


@dataclass(frozen=True)
class SimulatedLoader:
    """What of a source's options gives way to a simulator.

    Attributes:
        vendor: Whose system it is, as people call it.
        address_option: The option with the system's address.
        credentials: Option that names a variable: the variable's value, None for the secret, blank
            where there is none.
        further_addresses: Option with another address of the system: its path at the simulator.
    """

    vendor: str
    address_option: str
    credentials: Mapping[str, str | None]
    further_addresses: Mapping[str, str] = field(default_factory=dict)

    def addresses(self, address: str) -> dict[str, str]:
        """What the options with addresses become."""
        further = {option: address + path for option, path in self.further_addresses.items()}
        return {self.address_option: address, **further}


# Loader to what its simulator takes the place of.
SIMULATED = {
    "salesforce": SimulatedLoader(
        "Salesforce",
        "instance_url",
        {"client_id_variable": "concord", "client_secret_variable": None},
    ),
    "hubspot": SimulatedLoader("HubSpot", "base_url", {"token_variable": None}),
    "google_ads": SimulatedLoader(
        "Google Ads",
        "base_url",
        {
            "developer_token_variable": None,
            "client_id_variable": "concord",
            "client_secret_variable": None,
            "refresh_token_variable": None,
        },
        {"token_url": "/token"},
    ),
    "meta_ads": SimulatedLoader(
        "Meta Ads", "base_url", {"access_token_variable": None, "app_secret_variable": ""}
    ),
    "linkedin_ads": SimulatedLoader(
        "LinkedIn Ads",
        "base_url",
        {
            "access_token_variable": "",
            "client_id_variable": "concord",
            "client_secret_variable": None,
            "refresh_token_variable": None,
        },
        {"token_url": "/oauth/v2/accessToken"},
    ),
}


def simulated_problems(
    sources: Mapping[str, FileDropSource | ConnectorSource],
    simulated: Sequence[str],
    file: YamlFile,
) -> list[Problem]:
    """Find names that are no source, or sources that no simulator can stand for."""
    problems: list[Problem] = []
    for position, name in enumerate(simulated):
        location = ("simulated", position)
        source = sources.get(name)
        if source is None:
            problems += unknown_name(file, location, name, sources, "source")
        elif source.loader not in SIMULATED:
            problems.append(
                file.problem(
                    location,
                    f"there is no simulator for loader {source.loader}",
                    allowed=f"a source with loader {listed(sorted(SIMULATED))}",
                    fix="remove the line",
                )
            )
        elif not _is_here(getattr(source.options, SIMULATED[source.loader].address_option)):
            option = SIMULATED[source.loader].address_option
            problems.append(
                file.problem(
                    location,
                    f"source {name!r} is simulated, and its {option} is that of a real system",
                    allowed=f"{option}: http://127.0.0.1, which the simulator's takes the place of",
                    fix="remove the line, so that the real system is read",
                )
            )
    return problems


def _is_here(address: str) -> bool:
    return urlsplit(address).hostname == "127.0.0.1"
