"""Reading media: type by content, decoding, cleaning, previews, in child processes with limits."""
