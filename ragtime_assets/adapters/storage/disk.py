"""What the operating system answers when there is no room: the disk, a quota or a limit on file sizes is full."""

from __future__ import annotations

import errno

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
