# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Images of disks and virtual machines are large and seldom read.

`STANDARD_IA` bills 30 days at least, and costs for reading by the byte.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.globs import COMMON, into, suffixes, target
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values


def _rules(values: Values) -> list[Rule]:
    return [into(values["storage_class"], *suffixes("qcow2 vmdk vhd vhdx vdi ova img iso"))]


DISK_IMAGES = Template(
    "disk_images",
    __doc__,
    _rules,
    parameters=(target("storage_class", "STANDARD_IA", "The class of images."),),
    common=COMMON,
)
