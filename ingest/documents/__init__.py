"""The document model that every reader gives, and its shape in raw."""
