"""Figures and the course of requests in the text that Prometheus reads.

Each node of a process has a registry of its own; nothing is in the library's global one, so nothing about this machine is told.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder

from tallystick.node.figures import MEANINGS, Figure

_PREFIX = "tallystick"
_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})


class Meters:
    """What is measured of one node; used by many threads."""

    def __init__(self, figures: Callable[[], Iterable[Figure]]) -> None:
        """Make them.

        Args:
            figures: gathers all figures, each time anew.
        """
        self._registry = CollectorRegistry()
        self._registry.register(_Figures(figures))
        labels = ("face", "route", "method")
        self._requests = Counter(f"{_PREFIX}_requests", "Requests answered.", (*labels, "status"), registry=self._registry)
        self._seconds = Histogram(
            f"{_PREFIX}_request_seconds", "Time until an answer was sent.", labels, registry=self._registry, buckets=_BUCKETS_S
        )

    def count(self, face: str, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answered request.

        Args:
            face: who was served: partners, desk.
            route: name or template of the route, never the path that was asked; empty where none was found.
            method: of the request.
            status: of its answer.
            seconds: how long it took.
        """
        labels = (face, route or "none", method if method in _METHODS else "other")
        self._requests.labels(*labels, str(status)).inc()
        self._seconds.labels(*labels).observe(seconds)

    def text(self, accept: str) -> tuple[bytes, str]:
        """Return everything as text, and its media type.

        Args:
            accept: the header of who asks: classic or OpenMetrics.
        """
        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type


class _Figures:
    """Figures as the library collects them."""

    def __init__(self, figures: Callable[[], Iterable[Figure]]) -> None:
        self._figures = figures

    @staticmethod
    def describe() -> Iterable[Metric]:
        """Return nothing: to be registered, no figure needs to be gathered."""
        return ()

    def collect(self) -> Iterator[Metric]:
        found: dict[str, list[Figure]] = defaultdict(list)
        for each in self._figures():
            found[each.name].append(each)
        for name, rows in found.items():
            kind = CounterMetricFamily if rows[0].is_total else GaugeMetricFamily
            family = kind(f"{_PREFIX}_{name}", MEANINGS[name], labels=list(rows[0].labels))
            for row in rows:
                family.add_metric(list(row.labels.values()), row.value)
            yield family
