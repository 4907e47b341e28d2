"""A visitor who has no mouse: what cannot be reached and done by keys alone fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.screens import Visitor

NEAR = 60  # presses of the tabulator to what stands on the part of the page one is at
FEW = 40  # presses of an arrow through a list of choices
# Whatever would work by mouse alone cannot be helped along: a pointer is a complaint.
_POINTED = """addEventListener('pointerdown', () => console.error('a pointer was used'), true)"""
_CALLED = """() => {
  const at = document.activeElement
  const name = at.getAttribute('aria-label') || at.labels?.[0]?.textContent || at.textContent
  return (name || '').trim()
}"""
_CHOSEN = "() => document.activeElement.selectedOptions[0].textContent.trim()"
_OPEN_QUESTION = """() => {
  const group = document.activeElement.closest('fieldset')
  return document.activeElement.type === 'radio' && group.querySelector('input:checked') === null
}"""


class Keyboard:
    """The keys before one window; there is nothing else to act with."""

    def __init__(self, guest: Visitor) -> None:
        """Sit down before a window, which complains of any pointer from its next page on."""
        self._guest = guest
        self.page: Page = guest.page
        guest.page.add_init_script(_POINTED)

    def press(self, *keys: str) -> Page:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
        return self.page

    def reach(self, name: str, within: int = NEAR) -> Page:
        """Press the tabulator until what is called *name*, in part, has the focus.

        Raises:
            AssertionError: If so many presses do not lead there; it says where they led.
        """
        met: list[str] = []
        for _ in range(within):
            self.page.keyboard.press("Tab")
            met.append(self.page.evaluate(_CALLED))
            if name in met[-1]:
                return self.page
        led = [each[:30] for each in met]
        raise AssertionError(f"{name!r} is not among the next {within} stops: {led}")

    def enter(self, name: str, within: int = NEAR) -> Page:
        """Reach what is called so and press Enter on it."""
        self.reach(name, within)
        return self.press("Enter")

    def begin(self) -> Page:
        """Go back to the first link of the page, which leaves its head out, and follow it."""
        self.head()
        return self.press("Enter")

    def head(self) -> Page:
        """Go back to the head of the page."""
        self.settled()
        self.page.locator(".skip").focus()
        return self.page

    def write(self, name: str, text: str, within: int = NEAR) -> Page:
        """Write into the field called *name*, in place of what is there."""
        self.reach(name, within)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        return self.page

    def choose(self, name: str, option: str, within: int = NEAR) -> Page:
        """Go down the choices of the field called *name* to the one called *option*.

        Raises:
            AssertionError: If arrows do not lead to it.
        """
        self.reach(name, within)
        self.page.keyboard.press("Home")
        for _ in range(FEW):
            if option in self.page.evaluate(_CHOSEN):
                return self.page
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{option!r} is not among the choices of {name!r}")

    def settled(self) -> Page:
        """Wait until nothing is being read any more."""
        return self._guest.settled()

    def reach_open_question(self, within: int = NEAR) -> Page:
        """Press the tabulator until an answer of a question without one has the focus.

        Raises:
            AssertionError: If so many presses lead to none.
        """
        for _ in range(within):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(_OPEN_QUESTION):
                return self.page
        raise AssertionError(f"no open question among the next {within} stops")
