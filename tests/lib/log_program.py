"""A program that writes a log until it is killed, and says what was acknowledged: `python log_program.py FOLDER THREADS`.

Each line on standard output is the index and the text of an entry and a full stop, written after `append` has returned.
"""

import os
import sys
import threading
from pathlib import Path

from lib.log_twin import KEY, TIME
from tallystick.adapters.audit_folder import AuditFolder, opened_audit_log
from tallystick.audit import entries


def write(log: AuditFolder, thread: int) -> None:
    number = 0
    while True:
        texts = [f"{os.getpid()}-{thread}-{number}-{part}" for part in range(1 + number % 3 * 40)]
        first = log.append([entries.Other(time=TIME, kind="test", text=text) for text in texts])
        said = "".join(f"{first + offset} {text} .\n" for offset, text in enumerate(texts))
        os.write(1, said.encode())
        number += 1


def main(folder: str, threads: str) -> None:
    with opened_audit_log(Path(folder), KEY) as log:
        for thread in range(int(threads)):
            threading.Thread(target=write, args=(log, thread), daemon=True).start()
        while True:
            log.publish()


if __name__ == "__main__":
    main(*sys.argv[1:])
