"""What readers wait for: `pinakes serve` on a library of 100,000 parts, asked over HTTP from the same machine."""
