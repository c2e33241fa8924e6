"""Encoders that are nothing but code: the baselines for trained ones, and what searches before any is fetched."""

from pinakes.encoders.classical import colour, gradient, sound, texture

__all__ = ["colour", "gradient", "sound", "texture"]
