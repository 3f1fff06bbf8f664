# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from class_rules.case import Case, named

CASES = (
    Case({}, {"STANDARD_IA": named("qcow2 vmdk vhd vhdx vdi ova img iso"), "": ["a.im", "iso"]}),
    Case({"storage_class": "GLACIER_IR"}, {"GLACIER_IR": ["a/b.iso"]}),
)
