"""A visitor in a real browser, and what is wrong with the screen before them."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Error, Page

ROOT = Path(__file__).parents[2]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"  # there once the pages are built
LAYOUT = Path(__file__).with_name("layout.js").read_text(encoding="utf-8")
QUIET = Path(__file__).with_name("quiet.js").read_text(encoding="utf-8")
SWITCH = {"en": "English", "zh": "中文"}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TEXTS = json.loads((ROOT / "web/src/i18n/zh.json").read_text(encoding="utf-8"))
LONGEST = 20_000  # ms that a page may take on a machine that does much else
WIDE, HEIGHT = 1440, 900  # px
PLAINEST = "/ready"  # a page of the same server without any script
MOST_STOPS = 250  # of the tabulator on one page
FULL = "/news/stream"  # 503 where there is no room for one more: the page asks instead
FOCUSED = """() => {
  const at = document.activeElement
  const named = at.getAttribute('aria-label') || at.labels?.[0]?.textContent || at.textContent
  return named || at.getAttribute('name') || ''
}"""


def window(browser: Browser, language: str) -> Page:
    """Open an empty window in a browser of that language."""
    context = browser.new_context(
        locale="en-GB" if language == "en" else "zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    return context.new_page()


class Windows:
    """Windows that are lent to one visitor after the other: to open one costs as much as a visit.

    Each is empty when it is lent, and the browser keeps nothing but files that never change. Who
    changes the window itself (its letters, its paper, a script before every page) opens their own.
    """

    def __init__(self, browser: Browser) -> None:
        """Open none yet."""
        self._browser = browser
        self._free: dict[str, list[Page]] = {language: [] for language in SWITCH}

    def lent(self, language: str) -> Page:
        """Return a window that nobody else has."""
        free = self._free[language]
        return free.pop() if free else window(self._browser, language)

    def take_back(self, visitor: Visitor) -> None:
        """Empty the window of a visitor who has gone, for the next."""
        page = visitor.page
        page.goto(f"{visitor.address}{PLAINEST}")
        page.evaluate("() => [localStorage, sessionStorage].forEach((each) => each.clear())")
        page.goto("about:blank")
        page.context.clear_cookies()
        self._free[visitor.came_with].append(page)

    def close(self) -> None:
        """Close all that are not lent."""
        for page in itertools.chain(*self._free.values()):
            page.context.close()


class Visitor:
    """One person at one window of a browser, without cookies from before.

    Attributes:
        page: What they look at.
        came_with: The language of their browser, whatever they switch to.
        complaints: Errors that pages wrote to the console.
    """

    def __init__(
        self,
        page: Page,
        address: str,
        *,
        language: str = "zh",
        width: int = WIDE,
        patience: int = LONGEST,
    ) -> None:
        """Sit down before an empty window, of some width in pixels.

        Args:
            patience: ms that they wait for a page.
        """
        self.address = address
        self.language = self.came_with = language
        self.page = page
        self.page.set_default_timeout(patience)
        self.resized(width)
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", self._broke)

    def go(self, path: str, who: str | None = None) -> Page:
        """Open an address, as a person of the demonstration, and wait until it is quiet."""
        mark = "&" if "?" in path else "?"
        person = "" if who is None else f"&persona={who}"
        self.page.goto(f"{self.address}{path}{mark}lang={self.language}{person}")
        return self.settled()

    def settled(self) -> Page:
        """Wait until nothing is being read any more."""
        self.page.evaluate(QUIET)
        return self.page

    def switched(self) -> Page:
        """Go over to the other language by the page's own switch."""
        other = "zh" if self.language == "en" else "en"
        self.page.locator(".language").filter(has_text=SWITCH[other]).click()
        self.language = other
        self.page.locator(f"html[lang={'en' if other == 'en' else 'zh-CN'}]").wait_for()
        return self.settled()

    def arrived(self, path: str) -> Page:
        """Wait until the address begins with *path* and its page is quiet."""
        self.page.wait_for_url(f"{self.address}{path}**")
        return self.settled()

    def resized(self, width: int) -> Page:
        """Make the window another width, in pixels."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        return self.page

    def enlarged(self, pixels: int) -> None:
        """Have the browser's own letters so large, as its settings have it."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Page.setFontSizes", {"fontSizes": {"standard": pixels, "fixed": pixels}})

    def leave(self) -> None:
        """Hear nothing more, and leave the window as it is."""
        self.page.remove_listener("console", self._heard)
        self.page.remove_listener("pageerror", self._broke)

    def close(self) -> None:
        """Leave and close the window."""
        self.leave()
        self.page.context.close()

    def misfits(self) -> list[str]:
        """Return texts wider than their boxes, clickable boxes that overlap, keys without a text.

        Each as "what: where".
        """
        found: list[str] = self.page.evaluate(LAYOUT, sorted(TEXTS))
        return found

    def barriers(self) -> list[str]:
        """Return what WCAG 2.2 AA objects to, as "rule: selector"."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        told: dict[str, Any] = self.page.evaluate(
            "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", TAGS
        )
        return [
            f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
            for rule in told["violations"]
            for node in rule["nodes"]
        ]

    def reach(self, name: str) -> Page:
        """Press the tabulator until what is called *name*, in part, has the focus.

        Raises:
            AssertionError: If nothing of that name can be reached.
        """
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            if name in self.page.evaluate(FOCUSED):
                return self.page
        raise AssertionError(f"{name!r} cannot be reached by the tabulator")

    def _broke(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _heard(self, message: ConsoleMessage) -> None:
        place = str(message.location.get("url"))
        if message.type in {"error", "warning"} and not place.endswith(FULL):
            self.complaints.append(f"{message.text} ({place})")
