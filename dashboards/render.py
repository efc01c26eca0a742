"""Renders the page: template, styles, scripts and data into one HTML text.

Here: Jinja2, and the rule that data can never become markup or script. Not here: reading marts,
writing files (build.py).
"""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

ROOM = Path(__file__).parent
ECHARTS = ROOM / "vendor" / "echarts" / "echarts.min.js"

# Joined in this order into one script; each file adds its part to the object of base.js.
SCRIPTS = (
    "base.js",
    "format.js",
    "data.js",
    "pieces.js",
    "charts.js",
    "cards.js",
    "explore.js",
    "funnel.js",
    "channels.js",
    "sales.js",
    "customers.js",
    "unit_economics.js",
    "attribution.js",
    "tables.js",
    "main.js",
)


def render_page(context: Mapping[str, Any]) -> str:
    """The whole page as text.

    Args:
        context: What templates/index.html.j2 names, but for styles and scripts.
    """
    environment = Environment(
        loader=FileSystemLoader(ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Jinja2's tojson writes < > & ' as \u escapes, so data cannot leave their script element.
    environment.policies["json.dumps_kwargs"] = {
        "separators": (",", ":"),
        "ensure_ascii": False,
        "allow_nan": False,
    }
    script = _script()
    return environment.get_template("index.html.j2").render(
        **context,
        styles=(ROOM / "assets" / "dashboard.css").read_text(encoding="utf-8"),
        script=script,
        script_hash=_content_hash(script),
    )


def _script() -> str:
    parts = [(ROOM / "assets" / "js" / name).read_text(encoding="utf-8") for name in SCRIPTS]
    return '\n(function () {\n"use strict";\n' + "\n".join(parts) + "\n})();\n"


def _content_hash(script: str) -> str:
    """The script's hash as a Content-Security-Policy names it."""
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
