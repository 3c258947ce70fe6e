"""Invented reports, and other documents, with what must be told of them."""
