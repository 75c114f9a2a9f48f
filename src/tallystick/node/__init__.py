"""What a node can do: the use cases, written against the protocols in `node.ports`. Does no I/O itself."""
