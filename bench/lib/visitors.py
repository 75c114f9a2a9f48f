"""People at a desk, in a process of their own: each has signed in, keeps a connection over TLS, and walks the pages of its role.

Who types searches as the desk's own script does: a request for what stands there after each pause. Between two pages somebody
waits a random time, of a mean that is given; static files are not asked for, since browsers keep them.

    python -m bench.lib.visitors SPEC        # SPEC: a file of JSON, see `Spec`; writes one line of JSON, see `Told`
"""

import base64
import http.client
import json
import random
import ssl
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import quote, urlencode

from bench.lib import inside

HTML, JSON = "text/html", "application/json"
_OK, _SEE_OTHER = 200, 303
TYPED = (3, 5, 8, 40)
"""After so many letters somebody pauses."""
Asked = tuple[str, str, str]
"""What a page is called in the figures, its path, and as what it is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What to do.

    Attributes:
        port, root: of the desk, and the file of the certificate that vouches for it.
        people: name, password, authenticator's secret in base 32 and role of each.
        circle, partner: names that pages are asked with.
        cases, entries: how many cases and log entries there are.
        records: register, id and a name of some records.
        think_s: mean time between two pages.
        warm_s, seconds: for how long nothing is counted, and for how long it is then.
    """

    port: int
    root: str
    people: list[list[str]]
    circle: str
    partner: str
    cases: int
    entries: int
    records: list[list[str]]
    think_s: float
    seconds: float
    warm_s: float = 4.0


@dataclass(frozen=True, slots=True)
class Told:
    """What was seen.

    Attributes:
        times_ms: from sending a request to the last byte of its answer, by page.
        sign_in_ms: of each sign-in, all at once.
        errors: what was not answered well.
        cpu_s: processor seconds of the visitors.
        asked, seconds: how many pages were answered, and in what time.
    """

    times_ms: dict[str, list[float]]
    sign_in_ms: list[float]
    errors: list[str]
    cpu_s: float
    asked: int
    seconds: float


def visit(spec: Spec, folder: Path) -> Told:
    """Let people walk, in a process of their own; return what they saw."""
    file = folder / "visitors.json"
    file.write_text(json.dumps(asdict(spec)), encoding="utf-8")
    words = [sys.executable, "-m", "bench.lib.visitors", str(file)]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    return Told(**json.loads(done.stdout))


# --- the pages ------------------------------------------------------------------------------------------------------------


def _queue(spec: Spec, rng: random.Random) -> Iterator[Asked]:
    yield "front page", "/", HTML
    yield "queue", "/cases", HTML
    yield "queue, overdue", "/cases?show=overdue", HTML
    yield "queue, one partner", "/cases?" + urlencode({"show": "open", "partner": spec.partner}), HTML
    yield "queue, a later page", f"/cases?show=all&after={rng.randrange(spec.cases) // 50 * 50}", HTML
    yield "queue as JSON", f"/cases.json?show={rng.choice(('us', 'them', 'open'))}", JSON


def _case(spec: Spec, rng: random.Random) -> Iterator[Asked]:
    for _ in range(3):
        yield "hit", f"/cases/{1 + rng.randrange(spec.cases)}", HTML
    yield "hit as JSON", f"/cases/{1 + rng.randrange(spec.cases)}", JSON


def _person(spec: Spec, rng: random.Random) -> Iterator[Asked]:
    register, record, name = rng.choice(spec.records)
    for most in TYPED:
        yield "search, typing", "/search?" + urlencode({"name": name[:most], "born": "", "number": "", "register": ""}), HTML
        if most >= len(name):
            break
    yield "search as JSON", "/search.json?" + urlencode({"name": name, "register": register}), JSON
    yield "person", f"/registers/{register}/records/{quote(record)}", HTML
    yield "person as JSON", f"/registers/{register}/records/{quote(record)}", JSON


def _registers(spec: Spec, rng: random.Random) -> Iterator[Asked]:
    yield "registers", "/registers", HTML
    yield "register", f"/registers/{rng.choice(spec.records)[0]}", HTML
    yield "circles", "/circles", HTML
    yield "circle", f"/circles/{spec.circle}", HTML
    yield "encounters", "/encounters", HTML


def _log(spec: Spec, rng: random.Random) -> Iterator[Asked]:
    yield "log", "/log", HTML
    yield "log, one type", "/log?type=case-act", HTML
    yield "log, older", f"/log?before={rng.randrange(1, spec.entries)}", HTML
    yield "log entry", f"/log/entries/{rng.randrange(spec.entries)}", HTML
    yield "log as JSON", "/log", JSON
    register, record, _ = rng.choice(spec.records)
    yield "who opened a record", "/log/lookups?" + urlencode({"register": register, "record": record}), HTML
    yield "who opened a case", f"/log/lookups?case={1 + rng.randrange(spec.cases)}", HTML


def _report(_spec: Spec, _rng: random.Random) -> Iterator[Asked]:
    yield "coordination report", "/report", HTML
    yield "coordination report as JSON", "/report", JSON


Walk = Callable[[Spec, random.Random], Iterator[Asked]]
WALKS: dict[str, tuple[Walk, ...]] = {
    "officer": (_queue, _case, _person, _person, _registers),
    "approver": (_queue, _case, _person, _report),
    "auditor": (_log, _report),
}


# --- the people -----------------------------------------------------------------------------------------------------------


@dataclass
class _Person:
    """Somebody with a browser."""

    spec: Spec
    known_as: list[str] = field(repr=False)
    times_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    sign_in_ms: float = 0.0

    def __post_init__(self) -> None:
        self.name, self.password, self.secret, self.role = self.known_as
        context = ssl.create_default_context(cafile=self.spec.root)
        self._connection = http.client.HTTPSConnection("127.0.0.1", self.spec.port, timeout=30, context=context)
        self._cookie = ""

    def sign_in(self) -> None:
        """Give the password, and the code where the role needs one."""
        start = time.perf_counter()
        status = self._send("/sign-in", {"name": self.name, "password": self.password})
        if self.secret:
            status = self._send("/sign-in/code", {"code": inside.code_now(base64.b32decode(self.secret)), **self._token()})
        assert status == _SEE_OTHER, f"{self.name} could not sign in: status {status}"
        self.sign_in_ms = 1000 * (time.perf_counter() - start)

    def walk(self, start: float) -> None:
        """Go from page to page until the time is over; what comes before `start` does not count."""
        rng, end = random.Random(self.name), start + self.spec.seconds
        walks = WALKS[self.role]
        while True:
            for walk in rng.sample(walks, len(walks)):
                for label, path, kind in walk(self.spec, rng):
                    if self.spec.think_s:
                        time.sleep(rng.expovariate(1 / self.spec.think_s))
                    if time.monotonic() > end:
                        return
                    self._look(label, path, kind, counts=time.monotonic() > start)

    def _look(self, label: str, path: str, kind: str, *, counts: bool) -> None:
        start = time.perf_counter()
        answer = self._asked("GET", path, None, {"accept": kind, "cookie": self._cookie})
        if answer.status != _OK:
            self.errors.append(f"{answer.status} for {label}")
        if counts:
            self.times_ms[label].append(1000 * (time.perf_counter() - start))

    def _send(self, path: str, form: dict[str, str]) -> int:
        headers = {"content-type": "application/x-www-form-urlencoded", "cookie": self._cookie}
        answer = self._asked("POST", path, urlencode(form), headers)
        for each in answer.headers.get_all("set-cookie", []):
            for morsel in SimpleCookie(each).values():
                self._cookie = f"{morsel.key}={morsel.value}"
        return answer.status

    def _asked(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        """Ask and read all; a connection that was idle for so long that it was closed is opened anew, as a browser does."""
        for is_new in (False, True):
            try:
                self._connection.request(method, path, body=body, headers=headers)
                answer = self._connection.getresponse()
            except ConnectionError:
                if is_new:
                    raise
                self._connection.close()
            else:
                answer.read()
                return answer
        raise AssertionError("unreachable")

    def _token(self) -> dict[str, str]:
        return {"csrf": inside.form_token(self._cookie.partition("=")[2])}


def main(path: str) -> None:
    """Walk, and tell."""
    spec = Spec(**json.loads(Path(path).read_text(encoding="utf-8")))
    people = [_Person(spec, each) for each in spec.people]
    _all_at_once([each.sign_in for each in people])
    start, cpu = time.monotonic() + spec.warm_s, time.process_time()
    _all_at_once([lambda each=each: each.walk(start) for each in people])  # type: ignore[misc]
    times: dict[str, list[float]] = defaultdict(list)
    for person in people:
        for label, found in person.times_ms.items():
            times[label] += found
    told = Told(
        times_ms=dict(times),
        sign_in_ms=[each.sign_in_ms for each in people],
        errors=[why for each in people for why in each.errors],
        cpu_s=time.process_time() - cpu,
        asked=sum(map(len, times.values())),
        seconds=spec.seconds,
    )
    sys.stdout.write(json.dumps(asdict(told)))


def _all_at_once(acts: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1])
