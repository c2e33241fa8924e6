"""Who uses a library: people, what they may, how they show who they are, and what was done by whom."""
