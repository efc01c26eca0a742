"""Which Salesforce id stands for which id of the story.

Belongs here: the one mapping that all loaders share. Does not: records.
"""

from __future__ import annotations

from sample_company.simulators.salesforce.organisation import Organisation


class Ids:
    """Ids by object and natural id, made as they are first asked for."""

    def __init__(self, organisation: Organisation) -> None:
        """Take new ids from an organisation."""
        self._organisation = organisation
        self._ids: dict[tuple[str, str], str] = {}

    def of(self, name: str, natural: str) -> str:
        """The id of that record."""
        key = (name, natural)
        if key not in self._ids:
            self._ids[key] = self._organisation.next_id(name)
        return self._ids[key]

    def known(self, name: str, natural: str) -> str | None:
        """The id of that record, or None for a blank natural id."""
        return self.of(name, natural) if natural else None
