"""Documents as people hand them in: their bytes, their text, what they are. One module for each kind."""

from tallystick.adapters.documents.reading import Document, read_document

__all__ = ["Document", "read_document"]
