"""Every setting is explained: in messageapi.default.toml, in the reference, and in its own description."""

import tomllib
from itertools import pairwise
from pathlib import Path

import msgspec

from messageapi.settings import Settings, default_toml, load


def undocumented(text: str, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if f"`MESSAGEAPI_{name.upper()}`" not in text]


def test_the_default_file_is_what_the_settings_say(root: Path) -> None:
    assert (root / "messageapi.default.toml").read_text("utf-8") == default_toml()


def test_the_default_file_reads_back_as_the_defaults(root: Path) -> None:
    assert load({}, root / "messageapi.default.toml") == Settings()


def test_every_setting_is_explained_in_its_own_words() -> None:
    explained = {name for name in tomllib.loads(default_toml()) if f"\n{name} = " in default_toml()}
    assert explained == set(Settings.__struct_fields__)
    lines = default_toml().splitlines()
    silent = [line for before, line in pairwise(lines) if " = " in line and len(before) < 12]
    assert silent == []


def test_every_setting_is_in_the_reference(root: Path) -> None:
    text = (root / "docs" / "reference" / "settings.md").read_text("utf-8")
    assert undocumented(text, Settings.__struct_fields__) == []


def test_a_setting_nobody_documented_is_noticed() -> None:
    class More(msgspec.Struct):
        port: int = 1
        attic: str = ""

    assert undocumented("`MESSAGEAPI_PORT`", More.__struct_fields__) == ["attic"]
