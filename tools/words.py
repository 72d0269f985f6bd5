"""Gather every word people read into src/messageapi/words/messageapi.pot and bring the translations up to it.

Run: python tools/words.py. A new language: python tools/words.py de
"""

import ast
import sys
from collections.abc import Iterable
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import TypeGuard

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from messageapi.numbers.states import REASONS as OF_NUMBERS
from messageapi.web.codes.every import CODES
from messageapi.webhooks.endpoint import REASONS as OF_WEBHOOKS

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "messageapi"
WORDS = SOURCE / "words"
TEMPLATE = WORDS / "messageapi.pot"
LEAST_SAID = 15
"""Letters of a sentence that stand between its blanks: with fewer there is nothing to translate."""
METHODS = [("**/templates/**", "jinja2"), ("**.py", "python")]
OPTIONS = {"**/templates/**": {"newstyle_gettext": "true", "silent": "false"}}
TABLES: dict[str, Iterable[str]] = {
    "web/codes/every.py": [code.title for code in CODES.values()],
    "numbers/states.py": OF_NUMBERS.values(),
    "webhooks/endpoint.py": OF_WEBHOOKS.values(),
}
"""Sentences of rooms below the pages, which do not mark them, chosen while the product runs."""


def of_problems() -> Iterable[tuple[str, str]]:
    """File and sentence of every problem: pages show them as well. What is filled in becomes `{0}`, `{1}`."""
    for path in sorted(SOURCE.rglob("*.py")):
        made = filter(_is_problem, ast.walk(ast.parse(path.read_text("utf-8"))))
        sentences = [_sentence(words) for call in made for words in call.args[2:3]]
        yield from ((path.relative_to(SOURCE).as_posix(), each) for each in sentences if each)


def _is_problem(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem"


def _sentence(words: ast.expr) -> str | None:
    """None for what is made elsewhere, and for what is hardly more than blanks."""
    if isinstance(words, ast.Constant):
        return str(words.value)
    if not isinstance(words, ast.JoinedStr):
        return None
    blanks = count()
    parts = [
        str(part.value).replace("{", "{{").replace("}", "}}")
        if isinstance(part, ast.Constant)
        else f"{{{next(blanks)}}}"
        for part in words.values
    ]
    said = "".join(part for part in parts if not part.startswith("{"))
    return "".join(parts) if len(said) >= LEAST_SAID else None


def gathered() -> Catalog:
    catalog = Catalog(project="MessageAPI", fuzzy=False)
    found = extract_from_dir(SOURCE, METHODS, OPTIONS, comment_tags=["Words:"], strip_comment_tags=True)
    for file, _, message, comments, context in found:
        catalog.add(message, locations=[(file, 0)], auto_comments=comments, context=context)
    for file, sentence in of_problems():
        catalog.add(sentence, locations=[(file, 0)])
    for file, sentences in TABLES.items():
        for sentence in sentences:
            catalog.add(sentence, locations=[(file, 0)])
    return catalog


def written(catalog: Catalog) -> bytes:
    """The same for the same words, whoever runs it and when."""
    out = BytesIO()
    write_po(out, catalog, sort_output=True, include_lineno=False, omit_header=True, width=120)
    return out.getvalue()


def main(new: list[str]) -> int:
    catalog = gathered()
    TEMPLATE.write_bytes(written(catalog))
    for path in sorted({*WORDS.glob("*.po"), *(WORDS / f"{tag}.po" for tag in new)}):
        locale = path.stem.replace("-", "_")
        with BytesIO(path.read_bytes() if path.exists() else b"") as file:
            known = read_po(file, locale=locale)
        known.update(catalog, no_fuzzy_matching=True)
        with path.open("wb") as file:
            write_po(file, known, sort_output=True, include_lineno=False, ignore_obsolete=True, width=120)
    print(f"{len(catalog)} messages")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
