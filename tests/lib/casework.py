"""Two offices with people, for tests of casework: `west` meets persons, `north` holds them."""

import base64
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lib.nodes import Node, agree, fill, made_folder, offer, person, serving
from tallystick.adapters.peer_client import PeerClient
from tallystick.errors import PeerUnavailableError

STRANGER = person("s1", "Ilvira Quandrosse", born="1975-11-02")


@dataclass
class Desk:
    """A node with people at it."""

    node: Node

    def do(self, command: str, **given: object) -> Any:  # noqa: ANN401
        return self.node.do(command, **{"officer": "officer-7", "role": "officer", **given})

    def offer(self) -> None:
        offer(self.node)

    def encounter(self, name: str, born: str, **more: object) -> dict[str, object]:
        identity = {"id": "q", "names": [name], "birth_dates": [born]}
        return {
            "person": json.dumps(identity), "kind": "border", "country": "be", "place": "post 4", "time": "2026-11-25T14:05Z",
            "circles": ["border"], "purpose": "border", "reason": "check on a train", **more,
        }  # fmt: skip

    @contextmanager
    def cut_off(self, monkeypatch: pytest.MonkeyPatch, *, may_have_heard: bool = False) -> Iterator[None]:
        """Let nothing of casework reach a partner until the end of the block; `may_have_heard`: as far as one knows."""
        real = PeerClient.post

        def post(client: PeerClient, path: str, *given: Any, **named: Any) -> Any:  # noqa: ANN401
            if path.endswith("/cases"):
                away = PeerUnavailableError("gone")
                away.may_have_heard = may_have_heard
                raise away
            return real(client, path, *given, **named)

        with monkeypatch.context() as patch:
            patch.setattr(PeerClient, "post", post)
            yield


@contextmanager
def fresh_pair(root: Path, *held: dict[str, object]) -> Iterator[tuple[Desk, Desk]]:
    """Two nodes in one circle; `north`, in France, holds and offers persons, `west`, in Belgium, knows a stranger."""
    with ExitStack() as stack:
        west = stack.enter_context(serving(made_folder(root / "west", "west", "be")))
        north = stack.enter_context(serving(made_folder(root / "north", "north", "fr")))
        stack.callback(west.hang_up)
        stack.callback(north.hang_up)
        fill(west.folder, STRANGER)
        fill(north.folder, *held)
        agree(west, north)
        offer(north)
        west.sync()
        yield Desk(west), Desk(north)


def disclosed(west: Desk, north: Desk, **approval: object) -> tuple[int, int]:
    """Carry a hit to its disclosure; returns the numbers of the case at both."""
    [number] = west.do("encounter_add", **west.encounter("Tomasin Verhoovel", "1981-04-17"))["cases"]
    theirs: int = north.do("case_list")[-1]["number"]
    west.do("case_decide", case=number, verdict="same", reason="r")
    west.do("case_request", case=number, fields=["names"], reason="r")
    north.do("case_approve", **{"case": theirs, "role": "approver", "officer": "approver-1", "reason": "r", **approval})
    return number, theirs


def carried(requester: Desk, holder: Desk, reason: str, *officers: str, circle: str = "border") -> tuple[int, int]:
    """Carry a new case, decided by one officer or by those named, to its request; returns its numbers at both."""
    met = requester.do("encounter_add", **requester.encounter("Tomasin Verhoovel", "1981-04-17", circles=[circle]))
    [mine] = [number for each in met["asked"] if each["partner"] == holder.node.id for number in each["cases"]]
    reference = requester.do("case_show", case=mine)["row"]["reference"]
    for officer in officers or ("officer-7",):
        requester.do("case_decide", case=mine, verdict="same", reason="r", officer=officer)
    requester.do("case_request", case=mine, fields=["names", "phones"], reason=reason)
    [theirs] = [each["number"] for each in holder.do("case_list", filter={}) if each["reference"] == reference]
    return mine, theirs


@contextmanager
def fresh_three(root: Path, *held: dict[str, object]) -> Iterator[tuple[Desk, Desk, Desk]]:
    """Three nodes in one circle: `north` holds persons, `west` knows and offers them, too, `east` asks west."""
    with ExitStack() as stack:
        members = ("east", "north", "west")
        east, north, west = (stack.enter_context(serving(made_folder(root / each, each, each[:2]))) for each in members)
        for node in (east, north, west):
            stack.callback(node.hang_up)
        fill(north.folder, *held)
        fill(west.folder, *({**each, "id": f"w-{each['id']}", "phones": []} for each in held))
        agree(east, north, west)
        for node in (north, west):
            offer(node)
        for node in (east, north, west, east):
            node.do("sync", circle="")
        yield Desk(east), Desk(north), Desk(west)


def hand_in(desk: Desk, text: str) -> str:
    """Hand in a report; returns its id."""
    content = base64.b64encode(text.encode()).decode()
    [added] = desk.do("report_add", name="a.txt", content=content)["added"]
    return str(added["id"])


def other_side(desk: Desk, reference: str) -> int:
    """Return the number a case has at the other side."""
    [number] = [each["number"] for each in desk.do("case_list", filter={}) if each["reference"] == reference]
    return int(number)


def followed(desk: Desk, holder: Desk, text: str) -> tuple[str, int, int]:
    """Make an encounter of the person a text names; returns the report, and the number of the case at both sides."""
    report = hand_in(desk, text)
    [mention] = desk.do("report_rescreen", reports=[report])
    met = desk.encounter("Tomasin Verhoovel", "1981-04-17", mention=mention["number"], time="2026-11")
    done = desk.do("report_follow", **{name: value for name, value in met.items() if name != "kind"})
    [mine] = [number for each in done["encounter"]["asked"] if each["partner"] == holder.node.id for number in each["cases"]]
    return report, mine, other_side(holder, desk.do("case_show", case=mine)["row"]["reference"])


def first_claim(desk: Desk, report: str) -> str:
    """Return the name of the first claim of a report."""
    return f"{report[:12]}:{desk.do('report_judged', report=report)['claims'][0]['id'][:12]}"


def disclosed_to(desk: Desk, holder: Desk, mine: int, theirs: int) -> None:
    """Carry a case to its disclosure."""
    desk.do("case_decide", case=mine, verdict="same", reason="r")
    desk.do("case_request", case=mine, fields=["names"], reason="r")
    holder.do("case_approve", case=theirs, role="approver", reason="r", handling="H1 TLP:GREEN", days=30)
