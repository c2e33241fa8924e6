"""The pages of the reference that are made from the code: one module a page, each a function without arguments."""
