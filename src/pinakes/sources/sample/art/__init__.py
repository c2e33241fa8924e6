"""Drawing of plates: palettes, paper, strokes, scenery and things."""
