"""Figures in Prometheus' format: requests as they are answered, the rest as it stands when asked.

Each process counts for itself; whoever gathers the figures asks each of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from api.parts import parts
from engine.store.deliveries import DeliveryStatus
from engine.store.figures import figures
from engine.store.jobs import JobStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

disable_created_metrics()  # type: ignore[no-untyped-call]  # an instant for each label is twice the text, and nobody reads it
_EXTENSION = "abreast.metrics"
_BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.08, 0.12, 0.15, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "abreast_requests",
            "Requests answered",
            ("operation", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "abreast_request_seconds",
            "Time until the answer's head was ready",
            ("operation",),
            buckets=_BUCKETS,
            registry=self.registry,
        )


def register(app: Flask) -> None:
    """Give *app* counters of its own."""
    app.extensions[_EXTENSION] = Metrics()


def observe(operation: str, status: int, seconds: float) -> None:
    """Count one request."""
    metrics = cast("Metrics", current_app.extensions[_EXTENSION])
    metrics.requests.labels(operation, str(status)).inc()
    metrics.seconds.labels(operation).observe(seconds)


def written() -> bytes:
    """Return all figures of this process and of the work in the background.

    Raises:
        EngineError: If the database cannot be asked.
    """
    metrics = cast("Metrics", current_app.extensions[_EXTENSION])
    return bytes(generate_latest(metrics.registry) + generate_latest(_standing()))


def _standing() -> CollectorRegistry:
    """Return the figures that are not counted but looked up."""
    with parts().new_uow() as uow:
        found = figures(uow.connection, parts().clock.now())
    registry = CollectorRegistry()
    _gauge(registry, "timers_due", "Timers whose instant has come", found.timers_due)
    _gauge(registry, "timers_lag_seconds", "Since the longest due timer was due", found.lag)
    _gauge(registry, "audit_waiting", "Lines not stored yet", parts().audit.waiting())
    _by_status(registry, "jobs", "Jobs", found.jobs)
    _by_status(registry, "deliveries", "Deliveries", found.deliveries)
    dead = Gauge("abreast_dead_letters", "Not tried again", ("kind",), registry=registry)
    dead.labels("timer").set(found.dead_timers)
    dead.labels("job").set(found.jobs.get(JobStatus.FAILED.value, 0))
    dead.labels("delivery").set(found.deliveries.get(DeliveryStatus.DEAD.value, 0))
    return registry


def _gauge(registry: CollectorRegistry, name: str, what: str, value: float) -> None:
    Gauge(f"abreast_{name}", what, registry=registry).set(value)


def _by_status(registry: CollectorRegistry, name: str, what: str, found: Mapping[str, int]) -> None:
    gauge = Gauge(f"abreast_{name}", f"{what} by status", ("status",), registry=registry)
    for status, number in found.items():
        gauge.labels(status).set(number)
