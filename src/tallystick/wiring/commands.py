"""The table of all commands of an opened node."""

from collections.abc import Callable, Mapping
from typing import Any

from tallystick.adapters.audit_folder import AuditFiles
from tallystick.node.casework.commands import CaseCommands
from tallystick.node.commands import Commands
from tallystick.node.context import Report
from tallystick.node.lookup_commands import LookupCommands
from tallystick.node.reporting.commands import ReportCommands
from tallystick.node.staff_commands import StaffCommands
from tallystick.node.tracing import Tracing
from tallystick.wiring.judging import ShelfCommands
from tallystick.wiring.nodes import OpenNode, shipped_threshold


def command_table(node: OpenNode) -> Mapping[str, Callable[[Mapping[str, Any], Report], object]]:
    """Return every command of a node by name."""
    tracing = Tracing(node.lookups, AuditFiles(node.folder.log), node.casework.reference)
    table = {
        **Commands(node.participation, shipped_threshold()).table(),
        **CaseCommands(node.casework).table(),
        **LookupCommands(node.lookups, node.casework, tracing).table(),
        **ReportCommands(node.judging, node.casework).table(),
        **ShelfCommands(node.reports).table(),
        **StaffCommands(node.staff, node.tokens, node.provided).table(),
    }
    exchange, cases = table["sync"], table["case_round"]

    def sync(given: Mapping[str, Any], report: Report) -> object:
        """Do what a running node does from time to time, casework included."""
        expired = node.casework.begin_round()
        done = exchange(given, report)
        assert isinstance(done, dict)  # noqa: S101 - the command says so
        return {**done, "casework": cases({"expired_records": expired}, report)}

    return {**table, "sync": sync}
