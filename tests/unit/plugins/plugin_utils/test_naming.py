# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names of hosts and groups."""

from __future__ import annotations

import pytest
from ansible.inventory.data import InventoryData
from ansible.inventory.manager import split_host_pattern
from ansible_collections.stowage.s3.plugins.plugin_utils._naming import TAKEN, group_names, host_names
from hypothesis import given
from hypothesis import strategies as st

ONE, TWO, THREE = "111111111111", "222222222222", "333333333333"


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("media", "media"),
        ("Media", "Media"),
        ("media.example.com", "media.example.com"),
        ("Web Shop (EU)", "Web-Shop-EU"),
        ("a,b:c!d&e", "a-b-c-d-e"),
        ("../../etc/passwd", "etc-passwd"),
        ("--limit", "limit"),
        ("~[0-9]*", "0-9"),
        ("Zürich", "Zürich"),
        ("{{ x }}", "x"),
        ("", ONE),
        ("***", ONE),
        ("all", f"all-{ONE}"),
        ("LocalHost", f"LocalHost-{ONE}"),
        ("accounts", f"accounts-{ONE}"),
    ],
)
def test_a_name_becomes_a_valid_host_name(name: str, host: str) -> None:
    assert host_names({ONE: name}) == {ONE: host}


def test_hosts_of_one_name_get_their_ids() -> None:
    assert host_names({ONE: "web", TWO: "Web", THREE: "db"}) == {ONE: f"web-{ONE}", TWO: f"Web-{TWO}", THREE: "db"}


def test_a_name_that_looks_like_another_with_its_id_takes_no_ones_place() -> None:
    found = host_names({ONE: f"web-{TWO}", TWO: "web", THREE: "web"})
    assert len(set(found.values())) == 3 and found[THREE] == f"web-{THREE}"


@given(st.dictionaries(st.from_regex(r"[0-9]{12}", fullmatch=True), st.text(max_size=8) | st.just("web")))
def test_every_host_has_a_name_of_its_own_that_a_pattern_can_say(names: dict[str, str]) -> None:
    found = host_names(names)
    assert found.keys() == names.keys()
    assert len({name.casefold() for name in found.values()}) == len(names)
    inventory = InventoryData()
    for name in found.values():
        assert name.casefold() not in TAKEN
        assert split_host_pattern(name) == [name] and not set(name) & set("/*?[]!&,: ")
        inventory.add_host(name)
    assert inventory.hosts.keys() == set(found.values())


def test_groups_are_named_after_units_and_differ() -> None:
    units = {"ou-a-1": "Prod", "ou-a-2": "Prod/Web", "ou-a-3": "Prod Web", "ou-a-4": "Über & unter"}
    assert group_names("ou", units) == {
        "ou-a-1": "ou_prod",
        "ou-a-2": "ou_prod_web_ou_a_2",
        "ou-a-3": "ou_prod_web_ou_a_3",
        "ou-a-4": "ou_über_unter",
    }
