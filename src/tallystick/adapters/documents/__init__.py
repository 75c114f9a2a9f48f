"""Documents as people hand them in: their bytes, their text, what they are. One module for each kind."""

from tallystick.adapters.documents.below import documents_of, files_below
from tallystick.adapters.documents.opening import name_of
from tallystick.adapters.documents.reading import Document, Unread, read_document, read_documents

__all__ = ["Document", "Unread", "documents_of", "files_below", "name_of", "read_document", "read_documents"]
