"""The index is derived from the catalogue and may be deleted."""
