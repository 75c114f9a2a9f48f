"""Key secrets of own records in files: a row of the node's memory says how much of the files counts.

What was being written when the process died is cut off with the next writing.
"""

from array import array
from collections.abc import Set as AbstractSet

from tallystick.exchange.key_secrets import SECRET_BYTES, KeySecrets
from tallystick.node.exchange_ports import Files, NodeState

_WEIGHT_BYTES = 2
_NUMBER_BYTES = 4


def append(state: NodeState, files: Files, place: tuple[str, str, int], keys: KeySecrets) -> None:
    """Put key secrets aside for circle, member and epoch; they count when the caller's transaction is done."""
    kept = _kept(state, place)
    parts = (("secrets", keys.secrets, SECRET_BYTES), ("records", keys.records.tobytes(), _NUMBER_BYTES))
    for file, content, width in (*parts, ("weights", keys.weights.tobytes(), _WEIGHT_BYTES)):
        files.cut(file, kept * width)
        files.append(file, content)
    state.put_value(_name(place), str(kept + len(keys)).encode())


def read(state: NodeState, files: Files, place: tuple[str, str, int], numbers: AbstractSet[int]) -> tuple[KeySecrets, int]:
    """Return the key secrets of the records of these numbers, and the greatest number that was ever used; -1 for none."""
    kept = _kept(state, place)
    if not kept:
        return KeySecrets(), -1
    records, weights = array("I"), array("H")
    records.frombytes(files.read("records", 0, kept * _NUMBER_BYTES))
    weights.frombytes(files.read("weights", 0, kept * _WEIGHT_BYTES))
    keys = KeySecrets(files.read("secrets", 0, kept * SECRET_BYTES), records, weights)
    used = set(records)
    if not used <= numbers:
        keys = keys.without([at for at, number in enumerate(records) if number not in numbers])
    return keys, max(used)


def forget(state: NodeState, place: tuple[str, str, int]) -> None:
    """Let nothing in the files of circle, member and epoch count any more; the caller removes them."""
    state.put_value(_name(place), b"")


def _kept(state: NodeState, place: tuple[str, str, int]) -> int:
    return int(state.value(_name(place)) or b"0")


def _name(place: tuple[str, str, int]) -> str:
    circle, member, epoch = place
    return f"watch/{circle}/{member}/{epoch}"
