"""Twenty partners that ask one node as fast as it answers, in a process of their own: what a node is held against.

Each is a member of the circle with its own keys, certificate and connection. A request is as an honest partner's, but for its
points, which are made once: signed anew each time, with a nonce of its own. Of the answers, status and length are looked at each
time, signature and proof once in `LOOKED_AT`: so that as little as may be of the machine is spent on asking.

    python -m bench.lib.askers SPEC        # SPEC: a file of JSON, see `Spec`; writes JSON lines, see `Told`
"""

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.lib import inside

POINTS = 32
LOOKED_AT = 50
EVERY_S = 10.0
_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Spec:
    """What to do.

    Attributes:
        folders: the partners' node folders.
        circle, holder, purpose: where, whom and for what they ask.
        seconds: for how long.
    """

    folders: list[str]
    circle: str
    holder: str
    purpose: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Told:
    """What was done up to a moment.

    Attributes:
        at_s: seconds since the beginning.
        done: answers that were right.
        errors: requests without one.
        cpu_s: processor seconds of the askers.
        why: classes of the errors.
        p50_ms, p99_ms: from sending a request to its last byte; at the end only.
    """

    at_s: float
    done: int
    errors: int
    cpu_s: float
    why: list[str]
    p50_ms: float = 0.0
    p99_ms: float = 0.0


@contextmanager
def asking(spec: Spec, folder: Path) -> Iterator[Iterator[Told]]:
    """Start the process; yield what it tells, as it comes."""
    file = folder / "askers.json"
    file.write_text(json.dumps(asdict(spec)), encoding="utf-8")
    words = [sys.executable, "-m", "bench.lib.askers", str(file)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield (Told(**json.loads(line)) for line in process.stdout)
        finally:
            process.terminate()


class _Partner:
    """One partner on its connection."""

    def __init__(self, folder: str, spec: Spec) -> None:
        self._node = inside.sender(Path(folder), spec.circle, spec.holder, spec.purpose)
        self._socket = self._connected()
        self.done = self.errors = 0
        self.times_us = array("I")
        self.why: set[str] = set()

    def _connected(self) -> ssl.SSLSocket:
        host = urlsplit(self._node.url)
        plain = socket.create_connection((host.hostname, host.port), timeout=30)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected: ssl.SSLSocket = self._node.context.wrap_socket(plain, server_hostname=host.hostname)
        return connected

    def ask(self) -> None:
        """Send one request and read its answer."""
        start = time.perf_counter()
        try:
            request, raw = self._node.request()
            self._socket.sendall(raw)
            status, headers, content = self._read()
            assert status == 200, f"status {status}"  # noqa: PLR2004
            assert len(content) == self._node.answer_bytes, "length"
            if self.done % LOOKED_AT == 0:
                self._node.check(request, headers, content)
            self.done += 1
        except Exception as error:  # noqa: BLE001  # whatever it is, it is counted
            self.errors += 1
            self.why.add(f"{type(error).__name__}: {error}"[:80])
            with suppress(OSError):
                self._socket = self._connected()
        self.times_us.append(int(1e6 * (time.perf_counter() - start)))

    def _read(self) -> tuple[int, dict[str, str], bytes]:
        raw = b""
        while _HEAD_END not in raw:
            raw += self._received()
        head, _, content = raw.partition(_HEAD_END)
        first, *lines = head.decode("ascii").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        while len(content) < int(headers["content-length"]):
            content += self._received()
        return int(first.split(" ")[1]), headers, content

    def _received(self) -> bytes:
        part = self._socket.recv(65_536)
        if not part:
            raise ConnectionError("closed")
        return part


def main(path: str) -> None:
    """Ask, and tell."""
    spec = Spec(**json.loads(Path(path).read_text(encoding="utf-8")))
    partners = [_Partner(folder, spec) for folder in spec.folders]
    start, cpu = time.monotonic(), time.process_time()
    end = start + spec.seconds

    def work(partner: _Partner) -> None:
        while time.monotonic() < end:
            partner.ask()

    def told(p50_ms: float = 0.0, p99_ms: float = 0.0) -> None:
        done, errors = sum(each.done for each in partners), sum(each.errors for each in partners)
        why = sorted({reason for each in partners for reason in each.why})
        said = Told(time.monotonic() - start, done, errors, time.process_time() - cpu, why, p50_ms, p99_ms)
        print(json.dumps(asdict(said)), flush=True)

    threads = [threading.Thread(target=work, args=(each,)) for each in partners]
    told()
    for thread in threads:
        thread.start()
    while time.monotonic() < end:
        time.sleep(max(0.0, min(EVERY_S, end - time.monotonic())))
        told()
    for thread in threads:
        thread.join()
    times = sorted(at for each in partners for at in each.times_us)
    told(times[len(times) // 2] / 1000, times[len(times) * 99 // 100] / 1000)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
