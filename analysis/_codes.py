"""Small numbers for words that are known beforehand."""

from __future__ import annotations

from analysis.columns import HOWS, PAUSES, POLICIES, Join, Result
from workflows.catalogue.values import Join as StageJoin

LONGEST_DELAY = 2**31 - 1  # seconds, 68 years
RESULTS = {result.name.lower(): int(result) for result in Result}
KINDS = {kind.value: place for place, kind in enumerate(PAUSES)}  # of pauses
WAYS = {how.value: place for place, how in enumerate(HOWS)}  # of filing
RULES = {policy.value: place for place, policy in enumerate(POLICIES)}  # by which a pair was found
JOINS = {None: Join.NONE, StageJoin.ALL: Join.ALL, StageJoin.ANY: Join.ANY}
