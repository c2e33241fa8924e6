"""What HTTP asks of every route: guarding, bounds, failures, ranges, typed routes."""
