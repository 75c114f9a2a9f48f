"""What an organisation does after a hit: encounters, alerts, decisions, disclosures, recalls; one object, `Casework`."""

from tallystick.node.casework.casework import CaseRound, Casework
from tallystick.node.casework.disclosing import Terms
from tallystick.node.casework.encounters import Search
from tallystick.node.casework.ports import CaseFilter

__all__ = ["CaseFilter", "CaseRound", "Casework", "Search", "Terms"]
