# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pages of versions, in either order of elements that servers have."""

from __future__ import annotations

import io
import time

from ansible_collections.stowage.s3.plugins.module_utils._s3 import answers
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Version
from hypothesis import given, settings
from hypothesis import strategies as st

STEADY = settings(derandomize=True, max_examples=150, deadline=None)


@st.composite
def histories(draw):
    """The versions and delete markers of some keys, in S3's order: by key, and of each key from the youngest on."""
    keys = sorted(draw(st.sets(st.text("ab/é😀", min_size=1, max_size=3), min_size=1, max_size=5)))
    found = []
    for key in keys:
        markers = draw(st.lists(st.booleans(), min_size=1, max_size=5))
        for number, marker in enumerate(markers):
            moment = 1000.0 - number
            size, name = (0, "") if marker else (number, "STANDARD")
            found.append(Version(key, f"v{number}", size, moment, "", name, not number, marker))
    return found


def document(versions):
    """The answer with these elements in this order."""
    rows = []
    for each in versions:
        kind = "DeleteMarker" if each.marker else "Version"
        moment = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(each.modified))
        size = "" if each.marker else f"<Size>{each.size}</Size><StorageClass>STANDARD</StorageClass>"
        rows.append(
            f"<{kind}><Key>{each.key}</Key><VersionId>{each.id}</VersionId><IsLatest>{str(each.latest).lower()}"
            f"</IsLatest><LastModified>{moment}</LastModified>{size}<Owner><ID>o</ID></Owner></{kind}>"
        )
    return f"<ListVersionsResult>{''.join(rows)}</ListVersionsResult>".encode()


@STEADY
@given(histories())
def test_a_page_is_in_the_order_of_s3_whichever_the_server_has(history):
    separate = [each for each in history if not each.marker] + [each for each in history if each.marker]
    for order in (history, separate):
        page = answers.versions(None, io.BytesIO(document(order)))
        assert page.versions == history
        assert page.following == ("", "")
