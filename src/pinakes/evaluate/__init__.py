"""Measuring quality and cost: judgements, runs, significance, comparison and reports."""
