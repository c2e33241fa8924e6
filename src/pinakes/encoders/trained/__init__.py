"""Models that were trained here: graphs without torch, and what their inputs are made by."""
