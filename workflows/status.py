"""The national status codes of an item (BLZT) and the arrows between them that the law allows.

Source: the two production systems of the national reporting standard 2.0 (docs/sources.md, BLZT).
"""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """BLZT, the national status of one item attempt."""

    RECEIVED = 1  # 已接件
    TAKEN_BACK = 2  # 已撤件
    ACCEPTED = 3  # 窗口受理
    NOT_TAKEN = 4  # 不受理
    NOT_ACCEPTED = 5  # 不予受理
    SUPPLEMENT = 6  # 补正开始
    SUPPLEMENTED = 7  # 补正结束
    IN_HAND = 8  # 部门(开始办理)受理
    SPECIAL = 9  # 特别程序开始
    SPECIAL_ENDED = 10  # 特别程序结束
    GRANTED = 11  # 办结通过
    GRANTED_TOLERANT = 12  # 容缺通过
    REFUSED = 13  # 不通过
    WITHDRAWN = 14  # 撤回
    REVOKED = 15  # 撤销


TERMINAL = frozenset({2, 4, 5, 11, 12, 13, 14, 15})

ARROWS: dict[int, frozenset[int]] = {
    1: frozenset({2, 3, 4, 5, 6, 8, 11}),
    3: frozenset({6, 8, 9, 11, 12, 13, 14}),
    6: frozenset({2, 7, 14}),
    7: frozenset({2, 3, 4, 5, 8, 9, 11, 12, 13, 14}),
    8: frozenset({6, 8, 9, 11, 12, 13, 14}),
    9: frozenset({10, 14}),
    10: frozenset({6, 8, 9, 11, 12, 13, 14}),
    11: frozenset({15}),
    12: frozenset({15}),
}


def legal(before: int, after: int) -> bool:
    """Tell whether an attempt may go from one status to the next; staying is always legal.

    >>> legal(Status.RECEIVED, Status.ACCEPTED), legal(Status.REFUSED, Status.GRANTED)
    (True, False)
    """
    return before == after or after in ARROWS.get(before, frozenset())


def end_status(
    result: str, *, accepted: bool, tolerant: bool = False, needed: bool = True
) -> Status:
    """Return the status with which an attempt ends.

    Args:
        tolerant: Materials that were tolerated (容缺) are still owed.
        needed: False = it was turned away because by law nothing has to be approved (不受理).

    >>> end_status("refused", accepted=False), end_status("withdrawn", accepted=True)
    (<Status.NOT_ACCEPTED: 5>, <Status.WITHDRAWN: 14>)
    """
    if result == "granted":
        return Status.GRANTED_TOLERANT if tolerant else Status.GRANTED
    if not needed:
        return Status.NOT_TAKEN
    if result == "refused":
        return Status.REFUSED if accepted else Status.NOT_ACCEPTED
    return Status.WITHDRAWN if accepted else Status.TAKEN_BACK
