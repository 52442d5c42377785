"""A child process that asks for more than it is allowed."""

import sys
import tempfile

from complaints.sandbox import MEMORY, confine

if __name__ == "__main__":
    confine()
    if sys.argv[1] == "memory":
        bytearray(MEMORY)
    if sys.argv[1] == "file":
        with tempfile.TemporaryFile() as file:
            file.write(bytes(100_000))
    sys.stdout.write("granted")
