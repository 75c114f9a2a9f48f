"""What an operator's tools see of a node: figures that are right, health, and nothing of a person."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from lib.desks import Client
from lib.nodes import Node, Serving, agree, fill, free_port, made_folder, nodes, offer, person
from tallystick.adapters.prometheus import Meters
from tallystick.cli.desks import read_watch
from tallystick.errors import InputError
from tallystick.node.figures import MEANINGS
from tallystick.server.watching import make_watch, metered
from tallystick.wiring.watching import Watched

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "operate.md"
NAME = "Tomasin Verhoovel"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Node]]:
    with nodes(tmp_path_factory.mktemp("watching"), "police-a", "police-b") as made:
        for each in made:
            fill(each.folder, person("p1", NAME, born="1981-04-17"))
        agree(*made)
        for each in made:
            offer(each)
        for each in (*made, *made):
            each.sync()
        made[0].ask(NAME, "1981")
        yield made


def figures_of(text: str) -> dict[str, float]:
    """Return every sample by its name and labels."""
    return {
        f"{each.name}{sorted(each.labels.items())}": each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


def test_figures_say_what_happened_and_nothing_of_a_person(pair: list[Node]) -> None:
    a, b = pair
    with closing(Watched(a.open)) as first, closing(Watched(b.open)) as second:
        text, said = (Meters(each.figures).text("")[0].decode() for each in (first, second))
        assert first.is_ready()
    here, there = figures_of(text), figures_of(said)
    at_b, at_a = [("circle", "border"), ("partner", "police-b")], [("circle", "border"), ("partner", "police-a")]
    assert here[f"tallystick_questions_asked_total{at_b}"] == there[f"tallystick_questions_answered_total{at_a}"] > 0
    assert 0 < there[f"tallystick_budget_left_points{[*at_a, ('purpose', 'border')]}"] < 200_000
    assert 0 <= here[f"tallystick_index_age_seconds{[at_b[0], ('epoch', '1'), at_b[1]]}"] < 600
    assert here["tallystick_log_entries[]"] == a.open.log.size
    assert here[f"tallystick_cases_overdue{[('circle', 'border')]}"] == 0
    for word in ("Verhoovel", "1981", "officer", "p1", "wanted"):
        assert word not in text + said


def test_every_figure_is_on_the_page_and_the_page_has_no_other() -> None:
    told = re.findall(r"^\| `tallystick_([a-z_]+?)(?:_total)?` \|", PAGE.read_text(), re.MULTILINE)
    assert set(told) == {*MEANINGS, "requests", "request_seconds"}


def test_requests_are_counted_by_route_and_never_by_path() -> None:
    meters = Meters(list)
    app = metered(make_watch(meters, lambda: True), meters, "desk")
    client = Client(app)
    assert client.get("/health/ready").text == "ready\n"
    assert client.request("BREW", "/Verhoovel").status_code == 404
    text = client.get("/metrics").text
    assert "Verhoovel" not in text
    assert "BREW" not in text
    assert 'tallystick_requests_total{face="desk",method="other",route="none",status="404"} 1.0' in text


def test_a_node_that_cannot_work_says_so_and_foreign_names_are_not_answered() -> None:
    def fails() -> list[None]:
        raise RuntimeError(NAME)

    client = Client(make_watch(Meters(fails), lambda: False))  # type: ignore[arg-type]
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 503
    assert (client.get("/metrics").status_code, NAME in client.get("/metrics").text) == (503, False)
    assert client.get("/metrics", headers={"host": "node.elsewhere.example"}).status_code == 421


@pytest.mark.parametrize("place", ["0.0.0.0:9480", "node.police-a.example:9480", "here", "70000"])
def test_metrics_are_for_this_machine_only(place: str) -> None:
    with pytest.raises(InputError):
        read_watch(place)


def test_a_served_node_is_watched(tmp_path: Path) -> None:
    port = free_port()
    serving = Serving(made_folder(tmp_path / "police-a", "police-a"), 3600, "--metrics", str(port)).start()
    address = f"http://127.0.0.1:{port}"
    assert httpx.get(f"{address}/health/ready").status_code == 200
    assert "tallystick_log_entries" in httpx.get(f"{address}/metrics").text
    serving.stop()
