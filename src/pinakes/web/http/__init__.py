"""What HTTP asks of every route: guarding, bounds, failures, ranges, typed routes."""

# Routes are written with it.
from pinakes.web.http import numbers as numbers
