"""The files of simulated owners: one content for each version, which anybody can make again."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO

import pytest

from engine.file_types import judged
from engine.library import shipped
from simulation.specimens import MEDIA_TYPE, VERSIONS, specimen, specimens

MATERIALS = shipped().catalogue.materials
MATERIAL = MATERIALS["M005"]


class TestSpecimen:
    @pytest.mark.parametrize("version", [1, 2])
    def test_is_what_an_upload_would_take(self, version: int) -> None:
        found = specimen(MATERIAL, version)

        taken = judged(found.name, BytesIO(found.content), len(found.content))

        assert taken == MEDIA_TYPE
        assert found.sha256 == sha256(found.content).hexdigest()

    def test_says_in_both_languages_what_it_stands_for(self) -> None:
        content = specimen(MATERIAL, 3).content

        for words in (MATERIAL.name.zh, "演示材料，第3版；内容为虚构，无任何效力"):
            assert words.encode("utf-16-be").hex().encode() in content
        for words in (MATERIAL.name.en, "Specimen of a demonstration, version 3."):
            assert words.encode().hex().encode() in content

    def test_is_another_file_for_every_material_and_version(self) -> None:
        assert len(specimens(shipped().catalogue)) == VERSIONS * len(MATERIALS)

    def test_comes_round_again_after_the_last_version(self) -> None:
        first, again = specimen(MATERIAL, 1), specimen(MATERIAL, VERSIONS + 1)

        assert first.sha256 == again.sha256
        assert first.name != again.name

    def test_is_named_as_a_file(self) -> None:
        names = {specimen(each, 1).name for each in MATERIALS.values()}

        assert all("/" not in name and name.endswith(".pdf") for name in names)


class TestSpecimens:
    def test_are_found_by_their_digest(self) -> None:
        found = specimen(MATERIAL, 2)

        assert specimens(shipped().catalogue)[found.sha256] == found.content
