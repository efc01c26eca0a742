"""The answers of a source as they came: append-only, compressed, for a replay.

    <home>/raw_pages/<source>/<object>/<pull number>/000001.<kind>.gz
                                                    /pull.json         written last

Only bodies of data answers are kept: no header, no token, no request. A pull without `pull.json`
did not end; nothing was delivered from it, and a replay passes it by.

Belongs here: where pages are and how they are written. Does not: what is in them.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.durable import write_durably

_END = "pull.json"
# Fast, and the pages are still a tenth of their size.
_LEVEL = 1


@dataclass
class PullPages:
    """The pages of one pull of one object."""

    folder: Path
    count: int = field(default=0)

    def keep(self, kind: str, body: bytes) -> None:
        """Keep one page.

        Args:
            kind: How it is to be read again, for example `json`, `csv` or `ids`.
            body: As it came.
        """
        self.count += 1
        path = self.folder / f"{self.count:06d}.{kind}.gz"
        packed = gzip.compress(body, _LEVEL, mtime=0)
        write_durably(path, lambda temporary: _write(temporary, packed))

    def finish(self, facts: dict[str, Any]) -> None:
        """Say that the pull ended, and with what."""
        text = json.dumps(facts, sort_keys=True).encode()
        write_durably(self.folder / _END, lambda temporary: _write(temporary, text))

    def pages(self) -> Iterator[tuple[str, bytes]]:
        """Kind and body of every page, in order."""
        for path in sorted(self.folder.glob("[0-9]*.gz")):
            yield path.name.split(".")[1], gzip.decompress(path.read_bytes())

    def facts(self) -> dict[str, Any]:
        """What `finish` was told."""
        found: dict[str, Any] = json.loads((self.folder / _END).read_text(encoding="utf-8"))
        return found


def new_pull(folder: Path) -> PullPages:
    """Begin the pages of a new pull in an object's folder; one that did not end is removed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pulls = [path for path in folder.iterdir() if path.name.isdigit()]
    for path in pulls:
        if not (path / _END).exists():
            shutil.rmtree(path, ignore_errors=True)
    last = max((int(path.name) for path in pulls), default=0)
    return PullPages(folder / f"{last + 1:09d}")


def finished_pulls(folder: Path) -> list[PullPages]:
    """The pulls of an object that ended, in order."""
    if not folder.is_dir():
        return []
    return [PullPages(path.parent) for path in sorted(folder.glob(f"*/{_END}"))]


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
