"""The outside world: one module per foreign system or file format, named after it. The only layer with I/O."""
