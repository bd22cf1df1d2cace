"""Stands in for an identity server: reads every file that its settings name, and writes its database.

Prints one line for each file, and the number of identities. Ends with status 1 at the first file that it cannot use.
"""

import os
import re
import sqlite3
import sys
from urllib.parse import unquote


def settings_path():
    return sys.argv[1] if len(sys.argv) > 1 else "identity.yaml"


def named_files(text):
    """The paths behind file://, and those of the two TLS settings."""
    for uri in re.findall(r"file://(\S+)", text):
        if not uri.endswith(","):
            yield unquote(uri)
    yield from re.findall(r"\{path: (\S+)\}", text)


def count_identities(path):
    """Adds one identity to the database. SQLite keeps its journal beside the database, so the directory must be writable."""
    with sqlite3.connect(path) as database:
        database.execute("create table if not exists identities (id integer primary key, name text)")
        database.execute("insert into identities (name) values ('somebody')")
        return database.execute("select count(*) from identities").fetchone()[0]


def main():
    os.chdir(os.path.dirname(os.path.abspath(settings_path())))
    with open(os.path.basename(settings_path()), encoding="utf-8") as file:
        text = "\n".join(line for line in file.read().splitlines() if not line.lstrip().startswith("#"))
    for path in named_files(text):
        with open(path, "rb") as file:
            print(f"read {path}: {len(file.read())} bytes")
    database = re.search(r"sqlite://([^?\s]+)", text).group(1)
    print(f"identities: {count_identities(database)}")


try:
    main()
except OSError as error:
    sys.exit(f"cannot go on: {error}")
