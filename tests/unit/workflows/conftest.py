"""The office that most tests of the law begin with."""

from __future__ import annotations

import pytest

from tests.support.law_office import LawOffice, filed

ITEM = "S1-04"  # 核准: ten working days; entrusted assessment may stop its clock


@pytest.fixture
def office() -> LawOffice:
    """Return an office with a project of flow 3 whose first stage is filed."""
    return filed(3, approval_catalogue=True)


@pytest.fixture
def accepted(office: LawOffice) -> LawOffice:
    """Return that office once 核准 is accepted."""
    office.accept(ITEM)
    return office
