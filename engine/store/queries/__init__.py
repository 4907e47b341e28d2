"""Named reads for pages, work-lists and decisions: frozen rows out, nothing changed.

Lists are paged by cursor: the sort key of the last row seen, so that a row that comes or goes in
between neither repeats nor hides another.
"""

from engine.store.queries._agents import (
    AgentLine,
    CaseLine,
    agent_loads,
    agents,
    caseload,
    townships,
)
from engine.store.queries._pages import LARGEST_PAGE, most_rows, usual
from engine.store.queries._people import Person, holder, people, person, texts
from engine.store.queries._projects import (
    PROJECT_ORDERS,
    RUNNING,
    ProjectCursor,
    ProjectFilter,
    ProjectLine,
    pairs,
    project,
    project_conditions,
    projects,
    stage_runs,
    statuses,
)
from engine.store.queries._tasks import (
    TASK_ORDERS,
    TaskCursor,
    TaskFilter,
    TaskLine,
    due_timers,
    emptied,
    page_of_tasks,
    place_of,
    task_conditions,
    task_line,
    tasks,
)

__all__ = [
    "LARGEST_PAGE",
    "PROJECT_ORDERS",
    "RUNNING",
    "TASK_ORDERS",
    "AgentLine",
    "CaseLine",
    "Person",
    "ProjectCursor",
    "ProjectFilter",
    "ProjectLine",
    "TaskCursor",
    "TaskFilter",
    "TaskLine",
    "agent_loads",
    "agents",
    "caseload",
    "due_timers",
    "emptied",
    "holder",
    "most_rows",
    "page_of_tasks",
    "pairs",
    "people",
    "person",
    "place_of",
    "project",
    "project_conditions",
    "projects",
    "stage_runs",
    "statuses",
    "task_conditions",
    "task_line",
    "tasks",
    "texts",
    "townships",
    "usual",
]
