"""What happens to a hit until it is closed, decided by people: state machines, codes, clocks and roles. No I/O, no clock."""
