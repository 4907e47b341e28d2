from __future__ import annotations

import pytest

from engine import errors
from engine.errors import EngineError
from workflows.errors import Refusal
from workflows.texts import texts

ALL = sorted(
    (
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type)
        and issubclass(kind, Refusal | EngineError)
        and kind is not Refusal
    ),
    key=lambda kind: kind.__name__,
)


class TestEveryError:
    @pytest.mark.parametrize("kind", ALL)
    def test_has_a_sentence_in_both_languages(self, kind: type[Refusal | EngineError]) -> None:
        sentence = texts()[kind.code]

        assert sentence["zh"]
        assert sentence["en"]

    def test_has_a_code_of_its_own(self) -> None:
        codes = [kind.code for kind in ALL]

        assert len(codes) == len(set(codes)) > 10

    def test_names_its_parameters(self) -> None:
        error = errors.StaleError(project="p", expected=1, version=2)

        assert str(error) == "engine.stale: project='p', expected=1, version=2"
