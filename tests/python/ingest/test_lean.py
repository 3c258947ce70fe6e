"""Where an analyst has pandas, a process of ours goes on without it."""

import subprocess
import sys

LOADED = "import pyarrow, sys; pyarrow.array(['a']); print('pandas' in sys.modules)"


def test_pyarrow_does_not_load_pandas() -> None:
    """It would at its first array: the first line shows that, so that the second proves something."""
    kept_out = f"from ingest.lean import without_pandas; without_pandas(); {LOADED}"
    said = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True) for code in (LOADED, kept_out)]
    assert [each.stdout.split() for each in said] == [["True"], ["False"]]
