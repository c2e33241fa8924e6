"""The built-in encoder: what it learns from, its teacher, and how it is trained, exported and judged."""
