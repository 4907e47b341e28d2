from __future__ import annotations

from engine.notes import digest, write


class TestWrite:
    def test_hides_the_words_behind_a_salt(self) -> None:
        first, second = write("理由"), write("理由")

        assert first.note.digest != second.note.digest
        assert first.note.ref != second.note.ref
        assert first.note.digest == digest(first.salt, "理由")
