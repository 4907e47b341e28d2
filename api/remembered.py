"""The progress of a project as it went out, remembered for as long as nothing of it has changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import Response, current_app

from api import present
from api.parts import parts
from api.schemas.progress import ProgressSchema
from engine.store import queries
from workflows.moments import local_date
from workflows.progress import progress
from workflows.snapshot import Recent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from flask import Flask

    from engine.library import Library
    from workflows.project import Project

KEPT = 256  # answers remembered, some 70 KiB each: as many as projects (engine/snapshots.py)
_EXTENSION = "abreast.remembered"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """An answer, and all that it was made of.

    Attributes:
        refs: Of the notes whose words stand in it; *texts* are the words, as long as not erased.
    """

    project: Project
    library: Library
    on: date
    refs: Sequence[str]
    texts: Mapping[str, str]
    body: bytes

    def is_of(self, project: Project, library: Library, on: date) -> bool:
        """Tell whether it was made of just these; the same values are the same objects here."""
        return self.project is project and self.library is library and self.on == on


def register(app: Flask) -> None:
    """Give *app* a memory of its own."""
    app.extensions[_EXTENSION] = Recent[str, _Page](KEPT)


def progress_of(project: Project) -> Response:
    """Return where a project stands today: worked out, or as it was told before.

    It hangs on the project, what is in force, the local rules, the legal date and the words of its
    notes; the words are read each time, for they may have been erased.
    """
    memory = cast("Recent[str, _Page]", current_app.extensions[_EXTENSION])
    library, on = parts().in_force.of(project), local_date(parts().clock.now())
    page = memory.get(project.code)
    if page is None or not page.is_of(project, library, on) or page.texts != _words(page.refs):
        page = _made(project, library)
        memory.put(project.code, page)
    return Response(page.body, mimetype="application/json")


def _made(project: Project, library: Library) -> _Page:
    now, rule = parts().clock.now(), parts().settings.rules.materials
    seen = progress(project, library.catalogue, library.calendar, now, rule)
    refs = (project.name.ref, *(note.ref for note in seen.reasons))
    texts = _words(refs)
    row = present.progress(seen, library.catalogue, texts)
    row["name"] = texts.get(project.name.ref)
    told = f"{current_app.json.dumps(ProgressSchema().dump(row), separators=(',', ':'))}\n"
    return _Page(
        project=project,
        library=library,
        on=local_date(now),
        refs=refs,
        texts=texts,
        body=told.encode(),
    )


def _words(refs: Sequence[str]) -> dict[str, str]:
    with parts().new_uow() as uow:
        return queries.texts(uow.connection, refs)
