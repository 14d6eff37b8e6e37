"""What was measured, what it should be, and whether it is."""

from dataclasses import dataclass

MET, MISSED = "met", "missed"


@dataclass(frozen=True)
class Result:
    """One line of the table.

    `floor` is what the same run measured without the portal; empty where there is no such thing.
    """

    what: str
    measured: str
    floor: str = ""
    ratio: float | None = None
    target: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return "" if self.met is None else MET if self.met else MISSED


HEADINGS = ("what", "measured", "floor", "ratio", "target", "")


def table(results: list[Result]) -> str:
    """The results as aligned columns."""
    rows = [HEADINGS] + [
        (
            each.what,
            each.measured,
            each.floor,
            "" if each.ratio is None else f"{each.ratio:.2f}",
            each.target,
            each.verdict,
        )
        for each in results
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
