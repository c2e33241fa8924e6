"""Networks trained on a library's own material; the one room that needs torch (`pinakes[train]`)."""
