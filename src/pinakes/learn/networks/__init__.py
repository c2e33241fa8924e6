"""Networks, each on one readable page from its paper; importing this room files them all in `NETWORKS`."""
