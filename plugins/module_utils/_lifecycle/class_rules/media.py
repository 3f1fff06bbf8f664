# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Originals of films, photographs and sound are cold, what is published follows its use, and previews stay at hand.

Originals are large and seldom read: `GLACIER_IR` costs about a sixth of `STANDARD` and is read at once, at a price by
the byte. Previews, in `thumbnails/`, `thumbs/`, `previews/` and `proxies/`, are small and often read: `STANDARD`.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.globs import COMMON, both, into, target
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values


def _rules(values: Values) -> list[Rule]:
    return [
        into("STANDARD", "thumbnails/", "thumbs/", "previews/", "proxies/"),
        into(
            values["originals"], *both("mov mxf r3d braw ari dng cr2 cr3 nef arw raf tif tiff psd psb exr wav aif aiff")
        ),
        into(values["published"], *both("mp4 m4v webm mkv jpg jpeg png heic mp3 m4a aac flac ogg")),
    ]


MEDIA = Template(
    "media",
    __doc__,
    _rules,
    parameters=(
        target("originals", "GLACIER_IR", "The class of originals."),
        target("published", "INTELLIGENT_TIERING", "The class of what is published."),
    ),
    common=COMMON,
)
