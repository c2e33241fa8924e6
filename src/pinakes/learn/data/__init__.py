"""What networks learn from: training sets, how they are split, and how their rows become tensors."""
