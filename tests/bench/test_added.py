"""Runs in pieces are one run: nothing that one of them found is lost."""

from collections.abc import Callable
from types import ModuleType

Part = Callable[[str], ModuleType]


def piece(seed: int, **more: object) -> dict[str, object]:
    run: dict[str, object] = {
        "at": f"2026-11-22 20:0{seed} UTC",
        "commit": "4e512d7",
        "load": float(seed),
        "seed": seed,
        "kills": {"kill main": 2},
        "seconds": 10.0,
        "drain_s": 5.0,
        "good": True,
        "counts": {"posts": 1_000, "stored": 1_000},
        "faults": {},
    }
    return run | more


def test_kills_and_counts_are_added(part: Part) -> None:
    whole = part("added").added([piece(1), piece(2, kills={"kill main": 1, "hang bus": 4}, drain_s=9.0)])
    assert whole["kills"] == {"kill main": 3, "hang bus": 4}
    assert (whole["counts"]["stored"], whole["posts_per_second"], whole["drain_s"]) == (2_000, 100.0, 9.0)
    assert whole["good"]
    assert whole["faults"] == {}


def test_one_bad_piece_makes_the_whole_bad(part: Part) -> None:
    lost = {"answered 202 and lost": {"count": 3, "examples": ["a"]}}
    whole = part("added").added([piece(1, faults=lost), piece(2, good=False, faults=lost)])
    assert not whole["good"]
    assert whole["faults"] == {"answered 202 and lost": {"count": 6, "examples": ["a", "a"]}}
