import pytest

from workflows.toml import MOST_DOTS, tree


class TestATree:
    def test_is_what_the_text_says(self) -> None:
        assert tree('[a]\n"b.c" = [1.5, 2.5]') == {"a": {"b.c": [1.5, 2.5]}}

    @pytest.mark.parametrize(
        "text",
        [
            "a" + ".a" * (MOST_DOTS + 1) + " = 1",
            "x = 1\n[a" + '."b"' * (MOST_DOTS + 1) + "]",
            "a = " + "[" * 5_000,
            "a = " + "{a = " * 5_000,
            "a = ",
        ],
    )
    def test_is_not_made_of_what_nobody_wrote(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"dots|deep|Invalid"):
            tree(text)

    def test_may_have_many_numbers_in_a_line(self) -> None:
        assert len(tree("a = [" + "1.5, " * MOST_DOTS + "]")["a"]) == MOST_DOTS
