"""The stream from a source to the catalogue and the index."""
