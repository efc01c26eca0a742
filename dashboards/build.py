"""Builds the shared dashboard from published marts.

Here: the one function others call, and writing the page whole or not at all. Not here: reading
(marts.py), shaping (page_data.py), rendering (render.py).
"""

import os
import tempfile
from pathlib import Path

from dashboards.guard_state import guard_state, sorted_for_attention
from dashboards.marts import MartRows, read_marts
from dashboards.page_data import page_data
from dashboards.render import ECHARTS, render_page


def build_dashboard(
    marts: Path,
    target: Path,
    company_name: str,
    *,
    reporting_currency: str | None = None,
    run_id: str | None = None,
    publish_version: str | None = None,
) -> Path:
    """Builds the page in a folder: `index.html` and, beside it, `echarts.min.js`.

    The same marts give the same bytes. An existing page is replaced in one rename.

    Args:
        marts: A published `marts.duckdb`; opened read-only.
        target: The folder of the page; made when it is missing.
        company_name: Shown as the page's title.
        reporting_currency: ISO 4217 code, used when dim_kpi carries no reporting_currency.
        run_id: The run whose guards are shown; default the newest in ops.ops_run.
        publish_version: Shown in the header; default what that run's publish log says.

    Returns:
        The path of the page.

    Raises:
        DashboardError: The marts cannot be read; the message says what to do.
    """
    rows = read_marts(marts, run_id)
    page = render_page(
        {
            "company_name": company_name,
            "run": rows.run,
            "publish_version": publish_version or _version(rows),
            "guard_state": guard_state(rows.guards, rows.groups),
            "guards": sorted_for_attention(rows.guards),
            "groups": rows.groups,
            "source_loads": rows.source_loads,
            "absent_tables": rows.absent_tables,
            "data": page_data(rows, reporting_currency),
        }
    )
    target.mkdir(parents=True, exist_ok=True)
    _replace(target / ECHARTS.name, ECHARTS.read_bytes())
    index = target / "index.html"
    _replace(index, page.encode("utf-8"))
    return index


def _version(rows: MartRows) -> str | None:
    """The version that the run published: that of its folder, else the newest of its groups."""
    logged = [group["folder_version"] or group["publish_version"] for group in rows.groups]
    versions = [version for version in logged if version]
    return max(versions, key=lambda version: (len(version), version), default=None)


def _replace(path: Path, content: bytes) -> None:
    """Writes a file beside its place, then moves it there: readers see the old or the new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
