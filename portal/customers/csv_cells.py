"""Cells that a spreadsheet shows and never runs.

A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@` and the like for a formula. Such a
cell leaves with an apostrophe before it, which spreadsheets read as "text"; the import takes the
apostrophe off again, so that what leaves and comes back is the same. A telephone number, in groups
such as `+47 73 00 00 00` or in E.164 as `+4773000000`, can at worst be read as a number, and stays
as it is.
"""

import re

_STARTS = "=+-@|\t\r\n＝＋－＠"  # the wide ones are formulas to East Asian spreadsheets
_PHONE = re.compile(r"\+[0-9]{1,3}( [0-9]+)+|\+[1-9][0-9]{6,14}")


def neutralised(cell: str) -> str:
    """The cell as it may stand in a file that people open."""
    if not cell or _PHONE.fullmatch(cell):
        return cell
    return f"'{cell}" if cell[0] in _STARTS or _is_guarded(cell) else cell


def restored(cell: str) -> str:
    """What `neutralised` was given."""
    return cell[1:] if _is_guarded(cell) else cell


def _is_guarded(cell: str) -> bool:
    return len(cell) > 1 and cell[0] == "'" and (cell[1] in _STARTS or cell[1] == "'")
