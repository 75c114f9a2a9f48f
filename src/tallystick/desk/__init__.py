"""A node's face to its own people: pages rendered here, each with a twin in JSON, every route held to the table of roles."""
