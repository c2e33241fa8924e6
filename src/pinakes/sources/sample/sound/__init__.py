"""Sounds, made by small physical models: struck metal, plucked and bowed strings, filtered noise, calls."""
