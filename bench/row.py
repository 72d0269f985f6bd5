"""What results.md is made of: what a part has found, and one line of its table."""

from typing import Any, NamedTuple

Found = dict[str, Any]
"""What a part left in bench/out."""


class Row(NamedTuple):
    """`met`: whether the figure reaches the goal; None where there is no goal, or the run was none that could tell."""

    what: str
    figure: str
    goal: str = "-"
    remark: str = ""
    met: bool | None = None
