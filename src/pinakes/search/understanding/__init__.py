"""Understanding plain words: names, dates, media, languages and what is not wanted, from lists and small grammars."""
