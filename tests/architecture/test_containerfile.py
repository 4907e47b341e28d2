"""What an image must be; read from its recipe, for it cannot be built everywhere."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "Containerfile").read_text(encoding="utf-8")
LINES = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^#.*\n", "", TEXT)).splitlines()
STEPS = [line.split(" ", 1) for line in LINES if line.strip()]
LAST = STEPS[max(n for n, (word, _) in enumerate(STEPS) if word == "FROM") :]
KNOWN = {
    *("FROM", "ENV", "WORKDIR", "RUN", "COPY", "LABEL", "USER", "VOLUME", "EXPOSE"),
    *("STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"),
}


def said(word: str, steps: list[list[str]] = STEPS) -> list[str]:
    return [rest for name, rest in steps if name == word]


class TestTheRecipe:
    def test_has_nothing_a_linter_warns_of(self) -> None:
        linter = Path(sys.executable).with_name("hadolint")

        found = subprocess.run(
            [linter, "--no-color", "--failure-threshold", "warning", ROOT / "Containerfile"],
            capture_output=True,
            text=True,
            check=False,
        )

        assert found.returncode == 0, found.stdout

    def test_uses_words_that_are_known(self) -> None:
        assert {name for name, _ in STEPS} <= KNOWN  # no ADD: it fetches and unpacks

    def test_names_its_bases_to_the_patch(self) -> None:
        for base in said("FROM"):
            assert re.search(r":\d+\.\d+\.\d+-[a-z-]+( AS \w+)?$", base), base

    @pytest.mark.parametrize("word", ["RUN", "ENTRYPOINT"])
    def test_starts_programs_and_no_shell(self, word: str) -> None:
        for rest in said(word):
            command = json.loads(rest)
            assert all(isinstance(each, str) for each in command)
            assert command[0] not in {"sh", "bash"}

    def test_installs_by_hash_alone(self) -> None:
        fetching = [each for each in said("RUN") if "pip" in each and "--no-index" not in each]

        assert all("--require-hashes" in each for each in fetching)
        assert not [each for each in said("RUN") if "curl" in each or "apt-get" in each]

    def test_runs_as_somebody_who_is_not_root(self) -> None:
        (user,) = said("USER", LAST)

        assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
        names = [name for name, _ in LAST]
        assert names.index("USER") < names.index("ENTRYPOINT")
        assert not [each for each in said("COPY", LAST) if "--chown" in each]

    def test_builds_nothing_when_it_starts(self) -> None:
        assert [json.loads(each) for each in said("ENTRYPOINT")] == [["abreast"]]
        assert [json.loads(each) for each in said("CMD", LAST)] == [["serve"]]

    def test_keeps_compiled_loops_where_its_user_may_write(self) -> None:
        (folder,) = re.findall(r"NUMBA_CACHE_DIR=(\S+)", TEXT)
        (made,) = [json.loads(each) for each in said("RUN", LAST) if '"install"' in each]
        words = [rest for name, rest in LAST if name in {"USER", "RUN"}]

        assert folder in made
        assert json.loads(words[-1]) == ["python", "-m", "cli.warm"]  # by the user named before it
        assert re.fullmatch(r"[\d:]+", words[-2])

    def test_holds_no_secret(self) -> None:
        assert not re.search(r"(?i)(password|secret|token|key)\s*=", TEXT)

    def test_ends_politely_and_says_how_it_is(self) -> None:
        (check,) = said("HEALTHCHECK", LAST)

        assert said("STOPSIGNAL", LAST) == ["SIGTERM"]
        assert "/ready" in check

    def test_copies_what_is_there(self) -> None:
        copied = [each.split() for each in said("COPY") if "--from" not in each]

        assert all((ROOT / source).exists() for *sources, _ in copied for source in sources)


# What the image's program is asked in the test below: to begin, and to answer that it is ready.
_READY = """
import sys
from engine.settings import Settings
from wire import assemble, web
import wire
assert wire.__file__.startswith(sys.argv[1]), wire.__file__
parts = assemble(Settings(database="sqlite:///" + sys.argv[1] + "/x.db", files=sys.argv[1] + "/f"))
client = web(parts).test_client()
for path in ("/ready", "/api/v1/openapi.json", "/api/v1/docs", "/", "/static/abreast.css"):
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    answer.close()
parts.close()
"""


def left_out(place: Path, names: list[str]) -> set[str]:
    """Return what of a folder the image does not get; .dockerignore without its finer rules."""
    patterns = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    here = place.relative_to(ROOT)
    return {
        name
        for name in names
        for pattern in patterns
        if (
            fnmatchcase(name, pattern.removeprefix("**/"))
            and (pattern.startswith("**/") or place == ROOT)
        )
        or (here / name).as_posix() == pattern
    }


class TestWhatIsCopied:
    def test_is_enough_to_serve(self, tmp_path: Path) -> None:
        image = tmp_path / "abreast"
        shutil.copytree(
            ROOT, image, ignore=lambda place, names: left_out(Path(place), names), symlinks=True
        )

        done = subprocess.run(
            [sys.executable, "-c", _READY, str(image)],
            cwd=image,
            env={"PYTHONPATH": str(image), "PATH": "", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 0, done.stderr
        assert not (image / "tests").exists()
        assert not (image / "var").exists()
        assert not (image / ".git").exists()

    def test_holds_no_key_and_no_database(self) -> None:
        names = {
            place.name for place in ROOT.iterdir() if place.name not in left_out(ROOT, [place.name])
        }

        assert not [name for name in names if re.search(r"(?i)\.(db|sqlite|pem|key|env)$", name)]


class TestWhatIsLeftOut:
    @pytest.mark.parametrize("name", [".git", ".venv", "var", ".env*", "tests"])
    def test_is_named(self, name: str) -> None:
        assert name in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
