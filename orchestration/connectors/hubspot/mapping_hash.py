"""What tells that rows have to be made anew: another mapping, other labels of stages.

Belongs here: the hash. Does not: what follows from it (object_pull.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from orchestration.connectors.hubspot.describe import Pipelines
from orchestration.connectors.hubspot.objects import HubSpotObject

# Raise it when the same records and mapping give other rows than before: all is read again.
LANDING_VERSION = 1


def mapping_hash(item: HubSpotObject, custom: Sequence[str], pipelines: Pipelines) -> str:
    """A hash of all that shapes an object's rows, the labels of its stages among it."""
    stages = [
        repr(sorted(pipelines.labels.items())),
        repr(sorted(pipelines.stages.items(), key=str)),
    ]
    text = json.dumps(
        [item.model_dump(mode="json"), list(custom), stages, LANDING_VERSION], sort_keys=True
    )
    return hashlib.sha256(text.encode()).hexdigest()
