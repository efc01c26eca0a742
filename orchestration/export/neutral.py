"""Text that a spreadsheet could take for a formula, made harmless.

Names, reasons and ids come from systems in which others write. A cell that begins with one of these
signs is computed when the file is opened, and can fetch or send things.

Belongs here: the one rule. Every cell of text that is exported goes through it.
"""

from __future__ import annotations

from collections.abc import Iterable

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
QUOTE = "'"
# Characters that no cell of a workbook can hold, and that say nothing in a CSV.
_UNWRITABLE = {code: None for code in range(32) if chr(code) not in "\t\n"}


def neutral(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would compute; other text stays as it is.

    Spaces before the sign do not help it. A carriage return becomes a line feed: alone it would
    end a row of a CSV, and what follows it would be a cell of its own.
    """
    clean = text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNWRITABLE)
    is_formula = clean.startswith(FORMULA_SIGNS) or clean.lstrip(" \u00a0").startswith(
        FORMULA_SIGNS
    )
    return f"{QUOTE}{clean}" if is_formula else clean


def neutral_row(cells: Iterable[object]) -> list[object]:
    """A row in which every text is harmless; numbers, days and nothing stay what they are."""
    return [neutral(cell) if isinstance(cell, str) else cell for cell in cells]
