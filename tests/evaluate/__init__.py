"""Tests of the room evaluate."""
