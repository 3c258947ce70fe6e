"""Web pages taken apart: the article in a portal page, its flow of text, and its tables."""
