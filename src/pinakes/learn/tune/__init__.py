"""Settings chosen by trial: grids, chance, Bayesian and genetic search, in a study that a kill does not end."""
