"""Adapters to what we are compared with: each a process of its own that speaks JSON lines (see `speak`)."""
