"""The command line in a process of its own that waits for partners for so many seconds: the first word."""

import sys

from tallystick.adapters import peer_client
from tallystick.cli import main
from tallystick.server import connections

peer_client._CALL_S = connections.REQUEST_S = float(sys.argv.pop(1))
main()
