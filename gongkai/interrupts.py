"""What a command says and gives back where Ctrl-C ended it."""

from __future__ import annotations

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""

STOPPED = "stopped; what was done is kept, and the same command goes on from there"
