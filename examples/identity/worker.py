"""Checks a password's hash, and does nothing else: one line of JSON in, one out."""

import hashlib
import json
import sys

request = json.load(sys.stdin)
digest = hashlib.scrypt(request["password"].encode(), salt=request["salt"].encode(), n=16384, r=8, p=1, maxmem=1 << 26)
print(json.dumps({"digest": digest.hex()}))
