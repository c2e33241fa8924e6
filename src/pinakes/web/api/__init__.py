"""Routes for programs, under /api/v1."""
