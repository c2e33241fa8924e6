"""The term language: terms, weights, filters, and the one parser that reads them."""
