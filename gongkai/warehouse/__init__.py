"""The warehouse on disk: its files, who may write to them, and connections to them."""
