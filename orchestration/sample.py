"""Sees that the sample company has delivered, when the company is the sample.

Its generator runs in a process of its own: the real path imports nothing of it.

Belongs here: whether it must run, and running it. Does not: the story (sample_company).
"""

from __future__ import annotations

import hashlib
import subprocess
import sys

from orchestration.settings import PROJECT_ROOT, SAMPLE_COMPANY_DIR, Settings, SettingsError

MARKER = "made_from.txt"
# What the story depends on: its own code and the simulators', the raw schemas, who works where and
# when, the rates, what Sales promised.
MADE_FROM = (
    "sample_company/*.py",
    "sample_company/simulators/**/*.py",
    "orchestration/canonical/entities/*.yml",
    "company/people.csv",
    "company/fx_rates.csv",
    "company/company.yml",
    "company/funnel.yml",
)


def ensure_sample(settings: Settings) -> bool:
    """Let the sample company deliver into the home, unless it has; return whether it did now.

    Raises:
        SettingsError: When the generator failed, with its last words.
    """
    if settings.company_dir != SAMPLE_COMPANY_DIR.resolve():
        return False
    marker = settings.sample_dir / MARKER
    fingerprint = _fingerprint()
    if marker.exists() and marker.read_text() == fingerprint:
        return False
    marker.unlink(missing_ok=True)
    made = subprocess.run(  # noqa: S603  our own interpreter and our own module
        [sys.executable, "-m", "sample_company.generate", "--folder", str(settings.sample_dir)],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        words = (made.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise SettingsError(
            f"the sample company could not be written below {settings.sample_dir}: {words}"
        )
    marker.write_text(fingerprint)
    return True


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for pattern in MADE_FROM:
        for path in sorted(PROJECT_ROOT.glob(pattern)):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
