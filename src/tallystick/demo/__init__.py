"""The demo: four organisations with nodes of their own on one machine, and the people who work at their desks.

Everything is done from outside, as it is done in practice: nodes are processes of the product's own command, what people type
are its commands, what they click are forms of the desks. How it is told is passed in (`telling.Teller`).
"""

from tallystick.demo.playing import Plan, play
from tallystick.demo.telling import Teller

__all__ = ["Plan", "Teller", "play"]
