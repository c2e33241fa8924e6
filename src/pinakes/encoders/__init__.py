"""What turns decoded media into vectors and vectors into codes."""
