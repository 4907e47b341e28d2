"""The gate for BPMN files: nothing beyond it meets a file that is large, clever or not BPMN."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from bpmn.errors import (
    AttributeRefusedError,
    DoctypeError,
    ElementRefusedError,
    NotUtf8Error,
    NotXmlError,
    TextTooLongError,
    TooLargeError,
    TooManyAttributesError,
)
from bpmn.reader_words import COLOURED, EXTENSION_HOSTS, WORDS, full, short

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 1024 * 1024  # bytes
LONGEST_TEXT = 4000  # characters of one attribute or text
MOST_ATTRIBUTES = 32
_SHOWN = 80  # characters of hostile text that a message repeats

_DECLARATION = re.compile(r"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"'>]*)[\"']")


def tree(xml: bytes) -> etree._Element:
    """Return the root of *xml*, in which every element and attribute is one that we know.

    The table of known elements has no circle, so it bounds the depth too. Leading and trailing
    blanks of texts are removed.

    Raises:
        BpmnError: A subclass for the first thing that may not pass.
    """
    root = _parsed(_text(xml))
    if root.tag != full("definitions"):
        raise ElementRefusedError(element=short(root.tag)[:_SHOWN], parent="", line=1)
    for element, parent in _walk(root):
        _check_element(element, parent)
        _check_attributes(element)
        _tidy(element)
    return root


def _text(xml: bytes) -> str:
    if len(xml) > LARGEST:
        raise TooLargeError(size=len(xml), limit=LARGEST)
    try:
        text = xml.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotUtf8Error(encoding="", position=error.start) from error
    declared = _DECLARATION.match(text.lstrip())
    if declared and declared[1].lower() not in {"utf-8", "utf8"}:
        raise NotUtf8Error(encoding=declared[1][:_SHOWN], position=0)
    # Before parsing: in an attribute lxml expands internal entities whatever it is told.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise DoctypeError
    return text


def _parsed(text: str) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        collect_ids=False,
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise NotXmlError(line=error.lineno or 0, message=(error.msg or "")[:200]) from error


def _walk(root: etree._Element) -> Iterator[tuple[etree._Element, etree._Element | None]]:
    """Yield every element with its parent, parents first; children only once the parent passed."""
    pending: list[tuple[etree._Element, etree._Element | None]] = [(root, None)]
    while pending:
        element, parent = pending.pop()
        yield element, parent
        pending.extend((child, element) for child in reversed(element))


def _check_element(element: etree._Element, parent: etree._Element | None) -> None:
    if not isinstance(element.tag, str):  # a processing instruction or an entity reference
        raise _refused("<?", element, parent)
    name = short(element.tag)
    if parent is None:
        return
    if name not in WORDS[short(parent.tag)].children:
        raise _refused(name, element, parent)
    host = parent.getparent()
    if host is not None and name in EXTENSION_HOSTS and short(host.tag) != EXTENSION_HOSTS[name]:
        raise _refused(name, element, host)


def _refused(
    name: str, element: etree._Element, parent: etree._Element | None
) -> ElementRefusedError:
    around = "" if parent is None else short(parent.tag)
    return ElementRefusedError(element=name[:_SHOWN], parent=around, line=_line(element))


def _line(element: etree._Element) -> int:
    line: object = element.sourceline
    return line if isinstance(line, int) else 0


def _check_attributes(element: etree._Element) -> None:
    name = short(element.tag)
    word = WORDS[name]
    if len(element.attrib) > MOST_ATTRIBUTES:  # lxml reads them in quadratic time
        raise TooManyAttributesError(
            element=name, count=len(element.attrib), limit=MOST_ATTRIBUTES, line=_line(element)
        )
    for key, value in element.attrib.items():
        attribute = short(str(key))
        if len(value) > LONGEST_TEXT:
            raise TextTooLongError(element=name, attribute=attribute[:_SHOWN], limit=LONGEST_TEXT)
        drawn = word.drawing and (not str(key).startswith("{") or attribute in COLOURED)
        known = attribute in word.attributes or drawn
        formal = attribute != "xsi:type" or str(value).split(":")[-1] == "tFormalExpression"
        if not known or not formal:
            raise AttributeRefusedError(
                attribute=attribute[:_SHOWN], element=name, line=_line(element)
            )


def _tidy(element: etree._Element) -> None:
    if element.text is None:
        return
    if len(element.text) > LONGEST_TEXT:
        raise TextTooLongError(element=short(element.tag), attribute="", limit=LONGEST_TEXT)
    if len(element) == 0:
        element.text = element.text.strip()
