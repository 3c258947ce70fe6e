"""From marks on a page (glyphs and ruling lines, whoever found them) to blocks and tables."""
