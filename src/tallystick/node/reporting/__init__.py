"""What people of a node say about its reports: grades, notes, decisions on mentions, assessments, withdrawals."""

from tallystick.node.reporting.judging import Judging

__all__ = ["Judging"]
