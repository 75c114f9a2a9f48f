"""A node's face to its partners: HTTP in, HTTP out, every request checked before anything else happens."""
