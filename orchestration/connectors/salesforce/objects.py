"""The objects of Salesforce that Concord reads.

Belongs here: where their files are. Does not: asking for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from orchestration.connectors.mapping import ApiObject, load_objects

OBJECTS_DIR = Path(__file__).parent / "objects"


def salesforce_objects() -> Mapping[str, ApiObject]:
    """Every object that is read unless the company leaves it out, by name."""
    return load_objects(OBJECTS_DIR)


def delivered_objects() -> Mapping[str, ApiObject]:
    """The objects that give rows; of the others the answers are kept, and nothing more."""
    return {name: item for name, item in salesforce_objects().items() if item.outputs}
