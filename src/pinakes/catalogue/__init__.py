"""The catalogue is the truth: one relational schema on SQLite or PostgreSQL."""
