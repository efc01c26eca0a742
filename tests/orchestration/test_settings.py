"""The environment: defaults, bad values, secrets that are not shown."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from orchestration.hash_key import hash_key
from orchestration.settings import PROJECT_ROOT, Settings, SettingsError, load_settings


def test_defaults_run_the_sample_company() -> None:
    settings = load_settings({})
    assert settings.company_dir == PROJECT_ROOT / "company"
    assert settings.home == PROJECT_ROOT / "data"
    assert settings.as_of is None


def test_all_bad_values_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as error:
        load_settings({"CONCORD_AS_OF": "yesterday", "CONCORD_THREADS": "0"})
    assert "CONCORD_AS_OF" in str(error.value)
    assert "CONCORD_THREADS" in str(error.value)


def test_secrets_are_not_shown() -> None:
    settings = load_settings(
        {"CONCORD_HASH_KEY": "s3cret", "CONCORD_WEBHOOK_URL": "http://h/t0ken", "PASSWORD": "pw0"}
    )
    for secret in ("s3cret", "t0ken", "pw0"):
        assert secret not in repr(settings)


def test_the_hash_key_is_made_once_and_private(tmp_path: Path) -> None:
    settings = Settings(company_dir=tmp_path, home=tmp_path)
    first = hash_key(settings)
    file = tmp_path / "state" / "hash_key"
    assert hash_key(settings) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(first) == 64
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        hash_key(settings)
    given = Settings(company_dir=tmp_path, home=tmp_path, hash_key="given")
    assert hash_key(given) == "given"


def test_the_address_of_postgresql_is_read_and_not_shown() -> None:
    url = "postgresql://concord:p%40ss@db.example.com:5432/marts?sslmode=require"
    settings = load_settings({"CONCORD_POSTGRES_URL": url, "CONCORD_POSTGRES_BI_ROLE": "tableau"})
    assert settings.postgres_url == url
    assert "p%40ss" not in repr(settings)
    assert (settings.postgres_bi_role, settings.postgres_finance_role) == (
        "tableau",
        "concord_finance",
    )
    assert load_settings({}).postgres_url is None


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://concord:s3cret@host/db", "is no address of a PostgreSQL server"),
        ("host=db password=s3cret", "is no address of a PostgreSQL server"),
        ("postgresql://concord:a@s3cret@host/db", "percent codes"),
        ("postgresql://concord:a/s3cret@host/db", "percent codes"),
        ("postgresql://concord:a?s3cret@host/db", "percent codes"),
        ("postgresql://concord:a#s3cret@host/db", "percent codes"),
        ("postgresql://concord:a[s3cret@host/db", "percent codes"),
    ],
)
def test_a_bad_address_of_postgresql_is_not_quoted(url: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as error:
        load_settings({"CONCORD_POSTGRES_URL": url})
    assert "s3cret" not in str(error.value)


def test_bi_and_finance_are_two_roles() -> None:
    with pytest.raises(SettingsError, match="only finance may read pay"):
        load_settings({"CONCORD_POSTGRES_BI_ROLE": "all", "CONCORD_POSTGRES_FINANCE_ROLE": "all"})
