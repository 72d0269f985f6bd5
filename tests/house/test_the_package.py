"""The package as pip installs it: with every file it needs, far from the checkout."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PARTS = ("pyproject.toml", "README.md", "LICENSE", "src", "docs", "tools")
BUILD = "import sys; sys.path.insert(0, 'tools'); import packed; print(packed.build_{kind}(sys.argv[1]))"
DOCUMENTS = "from messageapi.site import documents as d; print(d.FOLDER); [print(a) for a in sorted(d.documents())]"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("checkout")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / part)
    return copy


def _python(*given: str, at: Path, **environment: str) -> str:
    answer = subprocess.run(
        [sys.executable, *given], cwd=at, env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def _built(checkout: Path, kind: str, to: Path) -> Path:
    return to / _python("-c", BUILD.format(kind=kind), str(to), at=checkout).strip()


def test_the_installed_program_has_the_documents_of_the_checkout(checkout: Path, tmp_path: Path) -> None:
    wheel = _built(checkout, "wheel", tmp_path)
    assert not (checkout / "src" / "messageapi" / "site" / "docs").exists()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    installed = tmp_path / "installed"
    folder, *found = _python("-c", DOCUMENTS, at=tmp_path, PYTHONPATH=str(installed)).splitlines()
    assert folder == str(installed / "messageapi" / "site" / "docs")
    wanted = [(kind, path.stem) for kind in ("howto", "reference") for path in (ROOT / "docs" / kind).glob("*.md")]
    assert found == sorted(map(str, wanted))
    assert len(found) > 10


def test_a_wheel_can_be_built_from_what_is_published_as_source(checkout: Path, tmp_path: Path) -> None:
    source = _built(checkout, "sdist", tmp_path)
    shutil.unpack_archive(source, tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    with zipfile.ZipFile(_built(unpacked, "wheel", tmp_path)) as wheel:
        assert "messageapi/site/docs/howto/simple-api.md" in wheel.namelist()


def test_an_editable_install_reads_the_checkout_itself(checkout: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(_built(checkout, "editable", tmp_path)) as wheel:
        assert not [name for name in wheel.namelist() if name.endswith(".md")]
        assert [name for name in wheel.namelist() if name.endswith(".pth")]
