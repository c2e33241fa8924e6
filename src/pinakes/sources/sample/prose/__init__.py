"""Words: tables of nouns, places and hours in two languages, and the small grammars that join them."""
