"""One line of results.md."""

from typing import NamedTuple


class Row(NamedTuple):
    """`met`: whether the figure reaches the goal; None where there is no goal, or the run was none that could tell."""

    what: str
    figure: str
    goal: str = "-"
    remark: str = ""
    met: bool | None = None
