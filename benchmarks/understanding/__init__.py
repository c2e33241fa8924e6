"""How well words are understood: stated queries over the sample library, and what understanding costs."""
