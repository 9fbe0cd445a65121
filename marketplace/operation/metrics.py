"""HTTP metrics in the Prometheus text format, summed over all server processes.

Import this module only when the application is created: prometheus_client decides when it is imported whether to store
values in memory or in files that processes share (see metric_files.py).
"""

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from flask import Flask, Response, g, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    Metric,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from marketplace.operation.logs import route_template
from marketplace.operation.metric_files import FOLDER_VARIABLE, reserve_files
from marketplace.web.request import sent_method

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

disable_created_metrics()  # type: ignore[no-untyped-call]  # because the library has no types here


class HttpMetrics:
    """Number and duration of the responses of one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._responses = Counter(
            "http_requests",
            "Responses by method, route and status.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._durations = Histogram(
            "http_request_duration_seconds",
            "Time to respond in seconds.",
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._pid, self._is_enabled = os.getpid(), True

    def observe(self, method: str, route_rule: str, status: int, seconds: float) -> None:
        """Count a response. Raises OSError once in a process that cannot reserve its files, and counts nothing there."""
        if self._pid != os.getpid():
            self._pid, self._is_enabled = os.getpid(), False
            if folder := os.environ.get(FOLDER_VARIABLE):
                reserve_files(Path(folder))
            self._is_enabled = True
        if self._is_enabled:
            self._responses.labels(method, route_rule, str(status)).inc()
            self._durations.observe(seconds)

    def exposition(self, gauges: Mapping[str, float]) -> bytes:
        """Return the metrics of all processes, and the given gauges, in the Prometheus text format."""
        registry = self._registry
        if FOLDER_VARIABLE in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # because the library has no types here
        gauge_registry = CollectorRegistry()
        gauge_registry.register(_GaugeCollector(gauges))
        return generate_latest(registry) + generate_latest(gauge_registry)


class _GaugeCollector:
    """Collector of values that are read when the metrics are requested."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self._values = values

    def collect(self) -> Iterator[Metric]:
        for name, value in self._values.items():
            yield GaugeMetricFamily(name, name.replace("_", " ").capitalize() + ".", value)


def register(app: Flask) -> None:
    """Count and time each response of the application."""
    http_metrics = app.extensions["http_metrics"] = HttpMetrics()

    @app.after_request
    def observe(response: Response) -> Response:
        seconds = time.perf_counter() - g.get("request_began", time.perf_counter())
        # Requests for unknown URLs have arbitrary methods, which must not each create a time series.
        method = sent_method() if request.url_rule else "-"
        try:
            http_metrics.observe(method, route_template(), response.status_code, seconds)
        except OSError:  # a full disk must not fail the request
            app.logger.warning("The metrics of this process cannot be stored.")
        return response
