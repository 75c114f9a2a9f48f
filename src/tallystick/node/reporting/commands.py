"""What people tell a node about its reports, by name, with arguments and results that JSON can say; see node/commands.py."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

import msgspec

from tallystick.errors import InputError
from tallystick.model import decode
from tallystick.model.encounter import Encounter
from tallystick.node.casework.casework import Casework
from tallystick.node.casework.commands import plain
from tallystick.node.casework.encounters import Search
from tallystick.node.context import Report
from tallystick.node.reporting.judging import ClaimGrade, Judgement, Judging
from tallystick.review.clocks import Urgency
from tallystick.review.roles import Actor, Role

Given = Mapping[str, Any]


class ReportCommands:
    """The commands on reports of one node. Every public method is one; its name is the command's."""

    def __init__(self, judging: Judging, casework: Casework) -> None:
        self._judging = judging
        self._casework = casework

    def table(self) -> Mapping[str, Callable[[Given, Report], object]]:
        """Return every command by name."""
        names = [name for name in vars(type(self)) if not name.startswith("_") and name != "table"]
        return {name: getattr(self, name) for name in names}

    def report_grade_source(self, given: Given, _report: Report) -> object:
        """Grade a source; return its history and what is to be looked at again."""
        since, mark = _day(given["since"]) if given.get("since") else None, self._casework.mark_footings()
        reached = self._judging.grade_source(_actor(given), given["source"], given["grade"], since, given["reason"])
        told = self._casework.tell_footings(mark)
        source = _plain(self._judging.source(_actor(given), given["source"]))
        return {"source": source, "look_again": list(reached), "cases_told": list(told)}

    def report_grade(self, given: Given, _report: Report) -> object:
        """Grade a claim; return everything said of its report, and what is to be looked at again."""
        grade = ClaimGrade(
            grade=given["grade"], reason=given["reason"], alike=tuple(given.get("alike", ())),
            override=given.get("override", ""), europol=given.get("europol"),
        )  # fmt: skip
        return self._reached(given, lambda: self._judging.grade_claim(_actor(given), given["claim"], grade))

    def report_second(self, given: Given, _report: Report) -> object:
        """Say as a second person that a claim is confirmed."""
        return self._reached(given, lambda: self._judging.second(_actor(given), given["claim"], given["reason"]))

    def report_withdraw(self, given: Given, _report: Report) -> object:
        """Withdraw a report or a claim."""
        return self._reached(given, lambda: self._judging.withdraw(_actor(given), given["claim"], given["reason"]))

    def report_note(self, given: Given, _report: Report) -> object:
        """Write a note on a report, or withdraw one's own."""
        actor = _actor(given)
        if given.get("withdraw"):
            self._judging.withdraw_note(actor, given["withdraw"], given["text"])
            return {"note": given["withdraw"], "withdrawn": True}
        return {"note": self._judging.note(actor, given["report"], given["text"]), "withdrawn": False}

    def report_rescreen(self, given: Given, _report: Report) -> object:
        """Screen reports against the registers as they are now; return what is new."""
        return _plain(self._judging.rescreen(_actor(given), given.get("reports", ())))

    def report_mentions(self, given: Given, _report: Report) -> object:
        """Return the recorded mentions."""
        return _plain(self._judging.mentions(_actor(given), given.get("report", "")))

    def report_decide(self, given: Given, _report: Report) -> object:
        """Say whom a mention means."""
        self._judging.decide_mention(_actor(given), given["mention"], given["state"], given["reason"])
        return self._mention(given)

    def report_follow(self, given: Given, _report: Report) -> object:
        """Make an encounter of a mention: the circles are asked about it. Said again, it is the encounter that was made."""
        actor = _actor(given)
        self._judging.check_followed(actor, given["mention"])
        met = Encounter(
            person=decode(given["person"].encode()), kind="report", country=given["country"], time=given["time"],
            place=given.get("place", ""),
        )  # fmt: skip
        urgency = Urgency(given["urgency"]) if given.get("urgency") else None
        search = Search(circles=tuple(given["circles"]), purpose=given["purpose"], reason=given["reason"], urgency=urgency)
        made = self._casework.same_encounter(actor, self._judging.encounters_of(given["mention"]), met, search)
        if made is None:
            keep = partial(self._judging.followed, actor, given["mention"])
            made = self._casework.record_encounter(actor, met, search, keep)
        return {"mention": self._mention(given), "encounter": plain(made)}

    def report_assess(self, given: Given, _report: Report) -> object:
        """Make or revise an assessment."""
        made = Judgement(
            text=given["judgement"], likelihood=given["likelihood"], speaks_for=tuple(given["speaks_for"]),
            speaks_against=tuple(given.get("speaks_against", ())), confidence=given.get("confidence"),
            revises=given.get("revises"),
        )  # fmt: skip
        return _plain(self._judging.assess(_actor(given), made))

    def report_assessments(self, given: Given, _report: Report) -> object:
        """Return assessments, with what each rests on now."""
        return _plain(self._judging.assessments(_actor(given), given.get("number", 0)))

    def report_judged(self, given: Given, _report: Report) -> object:
        """Return everything said of a report, and who was told how it stands."""
        return self._judged(_actor(given), given["report"])

    def report_contradictions(self, given: Given, _report: Report) -> object:
        """Return what contradicts what."""
        return _plain(self._judging.contradictions(_actor(given), given.get("reports", ())))

    def report_mark(self, given: Given, _report: Report) -> object:
        """Give a report a handling code; return the one that holds."""
        holds = self._judging.sharing.mark(_actor(given), given["report"], given["handling"], given["reason"])
        return {"report": given["report"], "handling": holds}

    def report_export(self, given: Given, _report: Report) -> object:
        """Write reports in a format of others; the content comes in base64."""
        done = self._judging.sharing.export(_actor(given), given["format"], given.get("reports", ()), given.get("to", ""))
        return {
            "content": b64encode(done.content).decode(), "reports": list(done.reports), "left_out": _plain(done.left_out),
            "mentions_kept_back": done.mentions_kept_back, "assessments_kept_back": done.assessments_kept_back,
            "handling": done.handling,
        }  # fmt: skip

    def report_import(self, given: Given, _report: Report) -> object:
        """Take over the reports of a file, given in base64; what is no good is told."""
        content = b64decode(given["content"])
        taken, faulty = self._judging.sharing.receive(_actor(given), given["name"], content, given.get("format", ""))
        return {"taken": _plain(taken), "refused": _plain(faulty)}

    # --- inside ------------------------------------------------------------------------------------------------------

    def _reached(self, given: Given, act: Callable[[], tuple[int, ...]]) -> object:
        mark = self._casework.mark_footings()
        reached = act()
        told = self._casework.tell_footings(mark)
        judged = self._judged(_actor(given), given["claim"].partition(":")[0])
        return {"judged": judged, "look_again": list(reached), "cases_told": list(told)}

    def _judged(self, actor: Actor, report: str) -> dict[str, Any]:
        judged = self._judging.report(actor, report)
        return {**_plain(judged), "told": plain(self._casework.told_of(actor, judged.report))}

    def _mention(self, given: Given) -> object:
        found = [each for each in self._judging.mentions(_actor(given)) if each.number == given["mention"]]
        return _plain(found[0])


def _actor(given: Given) -> Actor:
    return Actor(given["officer"], Role(given["role"]))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("the day from which a grade counts is none", hint="write it as 2026-11-26") from None


def _plain(value: object) -> Any:  # noqa: ANN401 - as JSON has it
    return msgspec.to_builtins(value)
