"""The one place that reads the environment, and the paths that follow from it.

Belongs here: environment variables and the layout of CONCORD_HOME. Does not: what the company
decided (orchestration/company) or anything that opens a file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

PROJECT_ROOT = Path(__file__).resolve().parent.parent
SAMPLE_COMPANY_DIR = PROJECT_ROOT / "company"
# Below the home: where connectors deliver to, a folder for each source.
DELIVERIES = "deliveries"


class SettingsError(Exception):
    """An environment variable of Concord holds a value that cannot be used."""


@dataclass(frozen=True)
class Settings:
    """What the environment says, resolved once at the start of a command.

    Attributes:
        company_dir: Folder with the company's decisions (CONCORD_COMPANY).
        home: Folder that everything a run writes goes to (CONCORD_HOME).
        as_of: As-of date that overrides company.yml's (CONCORD_AS_OF), or None.
        memory: DuckDB's memory limit, for example ``4GB`` (CONCORD_MEMORY).
        threads: Files read and models built at once (CONCORD_THREADS); a model is built by half as
            many.
        webhook_url: Address that alerts are posted to, or None (CONCORD_WEBHOOK_URL).
        alert_on_success: Whether good runs are posted too (CONCORD_ALERT_ON_SUCCESS=1).
        hash_key: Secret that personal data are hashed with, or None when it must be read from
            or made in the home folder (CONCORD_HASH_KEY).
        source_deadline_seconds: How long one source may take (CONCORD_SOURCE_DEADLINE).
        whole_build_days: After how many days models that are built in part are built whole again,
            and compared (CONCORD_WHOLE_BUILD_DAYS).
        postgres_url: Server that the marts are copied to, or None (CONCORD_POSTGRES_URL).
        postgres_bi_role: Role there that reads all marts but pay (CONCORD_POSTGRES_BI_ROLE).
        postgres_finance_role: Role there that reads pay too (CONCORD_POSTGRES_FINANCE_ROLE).
        variables: The whole environment, for ``${NAME}`` in sources.yml; CONCORD_HOME is always
            among them. Never shown.
    """

    company_dir: Path
    home: Path
    as_of: date | None = None
    memory: str = "4GB"
    threads: int = 2
    webhook_url: str | None = field(default=None, repr=False)
    alert_on_success: bool = False
    hash_key: str | None = field(default=None, repr=False)
    source_deadline_seconds: int = 3600
    whole_build_days: int = 7
    postgres_url: str | None = field(default=None, repr=False)
    postgres_bi_role: str = "concord_bi"
    postgres_finance_role: str = "concord_finance"
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Let sources.yml name the home, whether the environment did or not."""
        object.__setattr__(self, "variables", {**self.variables, "CONCORD_HOME": str(self.home)})

    @property
    def raw_dir(self) -> Path:
        """Folder of the raw Parquet files."""
        return self.home / "raw"

    @property
    def warehouse_path(self) -> Path:
        """The working DuckDB file; never a place for readers."""
        return self.home / "warehouse.duckdb"

    @property
    def published_dir(self) -> Path:
        """Folder with the published versions and the `current` link."""
        return self.home / "published"

    @property
    def current_dir(self) -> Path:
        """The link to the version that readers see."""
        return self.published_dir / "current"

    @property
    def state_path(self) -> Path:
        """SQLite file with runs, loads, guard results and the publish log."""
        return self.home / "state" / "concord.sqlite"

    @property
    def guard_verdicts_path(self) -> Path:
        """What the guards found last, to be kept where the rows stay the same."""
        return self.home / "state" / "guard_verdicts.json"

    @property
    def ledger_path(self) -> Path:
        """The ledger of pay: state that no run rebuilds and no rollback touches."""
        return self.home / "ledger" / "ledger.duckdb"

    @property
    def dagster_dir(self) -> Path:
        """Dagster's own state."""
        return self.home / "dagster"

    @property
    def dbt_target_dir(self) -> Path:
        """Where dbt writes its manifest and compiled SQL."""
        return self.home / "dbt_target"

    @property
    def dbt_company_dir(self) -> Path:
        """Concord's dbt project with the company's own models; absent where it adds none."""
        return self.home / "dbt_company"

    @property
    def raw_file_drop_dir(self) -> Path:
        """Where the file-drop source keeps its Parquet files."""
        return self.raw_dir / "file_drop"

    @property
    def deliveries_dir(self) -> Path:
        """Where connectors deliver what they pulled, a folder for each source."""
        return self.home / DELIVERIES

    @property
    def raw_pages_dir(self) -> Path:
        """Where connectors keep the answers they got, as they got them, for a replay."""
        return self.home / "raw_pages"

    @property
    def sample_dir(self) -> Path:
        """Where the sample company's systems deliver to, when the company is the sample."""
        return self.home / "sample_company"

    @property
    def lock_path(self) -> Path:
        """File whose lock says that a run is under way in this home."""
        return self.home / "run.lock"


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Args:
        environment: Variables to read instead of the process's own.

    Raises:
        SettingsError: When a variable holds a value that cannot be used; names all of them.
    """
    env = dict(os.environ if environment is None else environment)
    problems: list[str] = []

    as_of = None
    if text := env.get("CONCORD_AS_OF"):
        try:
            as_of = date.fromisoformat(text)
        except ValueError:
            problems.append(f"CONCORD_AS_OF is {text!r}; give a date such as 2026-10-31")

    threads = _positive(env, "CONCORD_THREADS", os.cpu_count() or 1, problems)
    deadline = _positive(env, "CONCORD_SOURCE_DEADLINE", 3600, problems)

    whole_build_days = _positive(env, "CONCORD_WHOLE_BUILD_DAYS", 7, problems)

    postgres_url = _postgres_url(env, problems)
    bi_role = env.get("CONCORD_POSTGRES_BI_ROLE") or Settings.postgres_bi_role
    finance_role = env.get("CONCORD_POSTGRES_FINANCE_ROLE") or Settings.postgres_finance_role
    if bi_role == finance_role:
        problems.append(
            f"CONCORD_POSTGRES_BI_ROLE and CONCORD_POSTGRES_FINANCE_ROLE are both {bi_role!r}; "
            "give two names, because only finance may read pay"
        )

    if problems:
        raise SettingsError("; ".join(problems))
    home = Path(env.get("CONCORD_HOME") or PROJECT_ROOT / "data").expanduser().resolve()
    return Settings(
        company_dir=Path(env.get("CONCORD_COMPANY") or SAMPLE_COMPANY_DIR).expanduser().resolve(),
        home=home,
        as_of=as_of,
        memory=env.get("CONCORD_MEMORY") or "4GB",
        threads=threads,
        webhook_url=env.get("CONCORD_WEBHOOK_URL") or None,
        alert_on_success=env.get("CONCORD_ALERT_ON_SUCCESS") in ("1", "true", "yes"),
        hash_key=env.get("CONCORD_HASH_KEY") or None,
        source_deadline_seconds=deadline,
        whole_build_days=whole_build_days,
        postgres_url=postgres_url,
        postgres_bi_role=bi_role,
        postgres_finance_role=finance_role,
        variables=env,
    )


def _positive(env: Mapping[str, str], name: str, default: int, problems: list[str]) -> int:
    """A whole number from 1; anything else is a problem."""
    text = env.get(name)
    if not text:
        return default
    if text.isdigit() and int(text) > 0:
        return int(text)
    problems.append(f"{name} is {text!r}; give a whole number from 1")
    return default


def _postgres_url(env: Mapping[str, str], problems: list[str]) -> str | None:
    """The server's address. A bad one is never quoted: it may hold a password in any place."""
    url = env.get("CONCORD_POSTGRES_URL")
    if not url:
        return None
    try:
        parts = urlsplit(url)
        is_postgres = parts.scheme in ("postgresql", "postgres")
        # A password with one of @ / ? # [ ] as it is would be taken for a part of the host.
        rest = parts.path + parts.query + parts.fragment
        is_clear = parts.netloc.count("@") <= 1 and "@" not in rest and not parts.fragment
    except ValueError:
        is_postgres, is_clear = True, False
    if not is_postgres:
        problems.append(
            "CONCORD_POSTGRES_URL is no address of a PostgreSQL server; "
            "give postgresql://user:password@host:port/database"
        )
    elif not is_clear:
        problems.append(
            "CONCORD_POSTGRES_URL cannot be taken apart; write special characters of user and "
            "password as percent codes, for example %40 for @ and %2F for /"
        )
    return url


def apply_to_process(settings: Settings) -> None:
    """Tell the libraries that only listen to the environment: paths, limits, no telemetry.

    dbt reads its profile's variables, Dagster its home, from the process's environment.
    """
    os.environ.update(
        {
            "CONCORD_HOME": str(settings.home),
            "CONCORD_COMPANY": str(settings.company_dir),
            "CONCORD_DBT_DATABASE": str(settings.warehouse_path),
            # A statement uses all of DuckDB's threads; Python has work for half as many.
            "CONCORD_DBT_THREADS": str(max(1, settings.threads // 2)),
            "CONCORD_DBT_DUCKDB_THREADS": str(settings.threads),
            "CONCORD_DBT_MEMORY": settings.memory,
            "DAGSTER_HOME": str(settings.dagster_dir),
            "DO_NOT_TRACK": "1",
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DAGSTER_DISABLE_TELEMETRY": "yes",
            # The plan of a run is hundreds of events; dagster_storage.py writes them together.
            "DAGSTER_EVENT_BATCH_SIZE": "1000",
            "GX_ANALYTICS_ENABLED": "false",
            "RUNTIME__DLTHUB_TELEMETRY": "false",
        }
    )
