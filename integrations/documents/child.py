"""The process in which one file is cleaned: `python -m integrations.documents.child`.

The file comes in, `+` with its media type and the cleaned file goes out, or `-` with a code. What
it may use is limited before it reads anything.
"""

from __future__ import annotations

import os
import resource
import sys

from integrations.documents.refusal import RefusedDocumentError
from integrations.documents.scrubbing import LARGEST_FILE, scrub

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 20
NICE = 5  # turns come first
DONE, REFUSED = b"+", b"-"


def main() -> None:
    """Clean what stands on standard input."""
    _limit()
    sys.stdout.buffer.write(_answer(sys.stdin.buffer.read(LARGEST_FILE + 1)))


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes to its pipe, never to a file
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICE)


def _answer(content: bytes) -> bytes:
    try:
        done = scrub(content)
    except RefusedDocumentError as refused:
        return REFUSED + refused.code.encode()
    return DONE + done.media_type.encode() + b"\n" + done.content


if __name__ == "__main__":
    main()
