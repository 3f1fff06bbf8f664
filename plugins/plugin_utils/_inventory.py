# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the inventory plugins share: options in, cache, hosts out, and the one place where an error ends the parsing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any, NoReturn

from ansible import constants
from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.template import trust_as_template
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError

# Hosts are no machines: the work is done where Ansible runs. Variables of the group, so that any other word wins.
_HERE = {
    "ansible_connection": "local",
    "ansible_python_interpreter": trust_as_template("{{ ansible_playbook_python }}"),
}
_CONSTRUCTED = ("compose", "groups", "keyed_groups")
# What tells two accounts, or buckets, of one name apart.
_IDENTITY = ("aws_account_id", "bucket_arn")
_SECRET = ("secret_key", "session_token", "assume_role_external_id")


@dataclass(frozen=True)
class Host:
    """A host. groups: each from the outermost to the one that holds it."""

    name: str
    variables: dict[str, Any]
    groups: list[list[str]]


@dataclass(frozen=True)
class Found:
    """What a source has, and what has to be said about it each time it is used."""

    hosts: list[Host]
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Source:
    """The options, as `_access` wants them of a module."""

    params: dict[str, Any]

    def fail_json(self, msg: str, **_more: Any) -> NoReturn:
        """amazon.aws's helpers end a module by this."""
        raise StowageError(msg)


def _said(identity: list[Any]) -> str:
    return " ".join(f"{name} {value}" for name, value in zip(_IDENTITY, identity, strict=True) if value)


class Inventory(BaseInventoryPlugin, Constructable, Cacheable):
    """A source of hosts. Subclasses say how their files end, which group holds all hosts, and what there is."""

    SUFFIX = ""
    GROUP = ""

    def find(self, params: dict[str, Any]) -> Found:
        """Ask AWS. Raises StowageError."""
        raise NotImplementedError

    def verify_file(self, path: str) -> bool:
        """Whether it is a file of ours, by its name."""
        return bool(super().verify_file(path)) and path.endswith((f"{self.SUFFIX}.yml", f"{self.SUFFIX}.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Add the hosts to the inventory, all of them or, after an error, none."""
        super().parse(inventory, loader, path, cache)
        config = self._read_config_data(path)
        try:
            self._refuse_unknown(config)
            found = self._remembered(path, cache, self._params())
            for host in found.hosts:
                self._refuse_another(host)
        except StowageError as error:
            raise AnsibleParserError(f"{self.NAME}: {error}") from error
        self._add(found)

    def _refuse_unknown(self, config: Mapping[str, Any]) -> None:
        """Ansible ignores what it does not know, and a mistyped 'exclude_accounts' would exclude none."""
        known = set(self.get_options())
        for option in constants.config.get_configuration_definitions("inventory", self._load_name).values():
            known.update(option.get("aliases") or ())
        unknown = sorted(str(each) for each in config if each not in known)
        if unknown:
            raise StowageError(
                f"There is no option {', '.join(unknown)}: correct it. The options are {', '.join(sorted(known))}."
            )

    def _refuse_another(self, host: Host) -> None:
        """A host that another source has is added to; but nobody's variables may lead to somebody else's account."""
        there = self.inventory.get_host(host.name)
        before = [there.vars.get(name) for name in _IDENTITY] if there else []
        now = [host.variables.get(name) for name in _IDENTITY]
        if any(before) and before != now:
            raise StowageError(
                f"The host {host.name!r} is {_said(before)} in another source, and {_said(now)} here. "
                "Rename or exclude one, or name hosts by id."
            )

    def _params(self) -> dict[str, Any]:
        """The options but for what builds groups, templates replaced by what they come to."""
        given = {name: value for name, value in self.get_options().items() if name not in _CONSTRUCTED}
        return {name: self.templar.template(value) for name, value in given.items()}

    def _remembered(self, path: str, cache: bool, params: dict[str, Any]) -> Found:
        if not params["cache"]:
            return self.find(params)
        # Ansible's key is the file alone: other options of the same file, or another profile, are another inventory.
        asked = {name: value for name, value in params.items() if name not in _SECRET and not name.startswith("cache")}
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()[:12]
        key = f"{self.get_cache_key(path)}_{digest}"
        if cache:
            try:
                kept = self._cache[key]
                return Found([Host(**host) for host in kept["hosts"]], kept["warnings"])
            except KeyError:
                pass  # not kept, or not any more
        found = self.find(params)
        self._cache[key] = asdict(found)
        return found

    def _add(self, found: Found) -> None:
        for warning in found.warnings:
            self.display.warning(f"{self.NAME}: {warning}")
        self.inventory.add_group(self.GROUP)
        for name, value in _HERE.items():
            self.inventory.set_variable(self.GROUP, name, value)
        for host in found.hosts:
            self._add_host(host)

    def _add_host(self, host: Host) -> None:
        self.inventory.add_host(host.name, group=self.GROUP)
        for chain in host.groups:
            names = [self.inventory.add_group(name) for name in chain]
            for outer, inner in pairwise(names):
                self.inventory.add_child(outer, inner)
            self.inventory.add_child(names[-1], host.name)
        for name, value in host.variables.items():
            self.inventory.set_variable(host.name, name, value)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), host.variables, host.name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), host.variables, host.name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), host.variables, host.name, strict=strict)
