"""Losses as pure functions of tensors, each with its paper."""
