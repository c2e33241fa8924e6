"""The one loop that trains everything: steps, checkpoints, progress, and reasons to stop."""
