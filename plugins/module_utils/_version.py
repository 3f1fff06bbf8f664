# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The collection's version, where a module can see it: galaxy.yml is not sent to the host. A test compares the two."""

from __future__ import annotations

VERSION = "0.1.0"
