"""How good a ranked answer is: pure functions over lists, codes and texts."""
