"""Every code that is raised is explained on /docs/errors, with the status it is raised with; none is explained that is
not.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

import messageapi
from messageapi.site.failures import EXAMPLES
from messageapi.store.errors import HALTING
from messageapi.web.codes.every import CODES

SOURCE = Path(messageapi.__file__).parent
RAISERS = {"Problem", "RecipientError"}


class Raised(NamedTuple):
    """A code, the status beside it where it is written there, and the place."""

    code: str
    status: int | None
    place: str


def raised_in(path: Path, source: str) -> Iterator[Raised]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        if getattr(node.func, "id", getattr(node.func, "attr", "")) not in RAISERS:
            continue
        match node.args:
            case [ast.Constant(value=str(code)), ast.Constant(value=int(status)), *_]:
                yield Raised(code, status, f"{path.name}:{node.lineno}")
            case [ast.Constant(value=str(code)), *_]:
                yield Raised(code, None, f"{path.name}:{node.lineno}")


def every_raised() -> list[Raised]:
    files = [path for path in SOURCE.rglob("*.py") if "sandbox" not in path.relative_to(SOURCE).parts]
    return [each for path in files for each in raised_in(path, path.read_text("utf-8"))]


def test_every_raised_code_is_explained() -> None:
    assert [each for each in every_raised() if each.code not in CODES] == []


def test_every_code_is_raised_with_the_status_it_is_explained_with() -> None:
    wrong = [each for each in every_raised() if each.status is not None and each.code in CODES]
    assert [each for each in wrong if each.status != CODES[each.code].status] == []


def test_every_storage_failure_that_stops_acceptance_is_explained() -> None:
    assert {f"storage_{code}" for code in HALTING} <= CODES.keys()


def test_no_code_is_explained_that_nothing_raises() -> None:
    said = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py") if not path.name.startswith("codes"))
    unsaid = [code for code in CODES if f'"{code}"' not in said and f'"{code.removeprefix("storage_")}"' not in said]
    assert unsaid == []


def test_an_unexplained_code_is_noticed(tmp_path: Path) -> None:
    planted = list(raised_in(tmp_path / "x.py", 'raise Problem("surprise", 400, "Do this.")'))
    assert [each.code for each in planted] == ["surprise"]
    assert planted[0].code not in CODES


@pytest.mark.parametrize("code", CODES)
def test_an_explanation_is_a_title_and_a_sentence_with_what_to_do(code: str) -> None:
    about = CODES[code]
    assert about.title[0].isupper()
    assert not about.title.endswith(".")
    assert about.sentence.endswith(".")
    assert 400 <= about.status <= 599


def test_the_examples_of_the_document_have_the_status_they_stand_for() -> None:
    assert {status: CODES[code].status for status, (_, code) in EXAMPLES.items()} == {each: each for each in EXAMPLES}


async def test_the_page_explains_every_code_at_its_anchor(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs/errors")).text
    assert [code for code in CODES if f'id="{code}"' not in page] == []


async def test_a_problem_links_to_its_explanation(client: httpx.AsyncClient) -> None:
    kind = (await client.get("/nowhere")).json()["type"]
    path, _, anchor = kind.partition("#")
    assert f'id="{anchor}"' in (await client.get(path)).text
