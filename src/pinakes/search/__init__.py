"""Terms, encode, candidates, fuse, rerank, explain."""
