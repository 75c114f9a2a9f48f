"""Gives a command to a node: to the running one of a folder, or to one opened for this command alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tallystick.cli.output import stages
from tallystick.errors import InputError, UnavailableError


def carry_out(folder: str, command: str, arguments: Mapping[str, object]) -> Any:  # noqa: ANN401
    """Carry out a command of `node.commands` and return its result, with its progress shown.

    Args:
        folder: the folder of the node.
        command: its name.
        arguments: what can be said in JSON.
    """
    from tallystick.adapters import control_client

    place = Path(folder)
    with stages() as report:
        if control_client.is_running(place):
            return control_client.run(place, command, arguments, report)
        try:
            return _alone(place, command, arguments, report)
        except UnavailableError:
            if not control_client.is_running(place):
                raise
            return control_client.run(place, command, arguments, report)  # a node was started meanwhile


def _alone(place: Path, command: str, arguments: Mapping[str, object], report: Any) -> Any:  # noqa: ANN401
    import msgspec

    from tallystick.wiring.commands import command_table
    from tallystick.wiring.nodes import opened_node

    with opened_node(place) as node:
        result = command_table(node)[command](arguments, report)
        return msgspec.json.decode(msgspec.json.encode(result))


def only_circle(folder: str, circle: str) -> dict[str, Any]:
    """Return the circle that is meant: the one named, or the only one there is.

    Raises:
        InputError: there is none, or there are several.
    """
    found = carry_out(folder, "circle_show", {"circle": circle})
    if len(found) != 1:
        names = ", ".join(each["circle"] for each in found)
        raise InputError(
            "this node is in several circles" if found else "this node is in no circle",
            hint=f"say with --circle which: {names}" if found else "join one with `tallystick circle join`",
        )
    only: dict[str, Any] = found[0]
    return only


def only_purpose(circle: dict[str, Any], purpose: str) -> str:
    """Return the purpose that is meant: the one named, or the only one agreed.

    Raises:
        InputError: there are several.
    """
    codes = [each["code"] for each in circle["purposes"]]
    if purpose or len(codes) == 1:
        return purpose or str(codes[0])
    raise InputError("the circle agreed on several purposes", hint=f"say with --purpose which: {', '.join(codes)}")
