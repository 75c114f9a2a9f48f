"""The open recipe of the shipped parameters: `python -m bench.learn`; what is learned from what is in `sets` and `names`."""
