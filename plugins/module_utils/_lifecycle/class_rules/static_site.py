# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Downloads of a site follow their use; its pages stay as they are.

Pages, styles, scripts and pictures are small and read all the time, which every other class makes dearer. Downloads
are large, and old ones are read by few.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.globs import COMMON, into, suffixes, target
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values


def _rules(values: Values) -> list[Rule]:
    return [into(values["downloads"], *suffixes("zip tar.gz tgz tar.xz iso dmg exe msi deb rpm pdf mp4 webm"))]


STATIC_SITE = Template(
    "static_site",
    __doc__,
    _rules,
    parameters=(target("downloads", "INTELLIGENT_TIERING", "The class of downloads."),),
    common=COMMON,
)
