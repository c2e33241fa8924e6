"""What media say of themselves, in one vocabulary."""
