"""Inference engines behind one small protocol, and the choice of the fastest one for a model on this machine."""
