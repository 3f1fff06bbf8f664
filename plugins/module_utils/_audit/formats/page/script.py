# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The page's script. Without it everything is there and is reached by scrolling; it adds the filter and keys.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

SCRIPT = """
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  const rows = all("[data-name]");
  const groups = all(".group");
  const lines = all(".matrix tbody tr");
  const form = byId("filter"), count = byId("filter-count");
  const word = byId("filter-name"), severity = byId("filter-severity");

  // The filter: by name everywhere; by severity where something fails, and the buckets.
  const filter = () => {
    const wanted = word.value.trim().toLowerCase();
    const worst = severity.value === "" ? Infinity : Number(severity.value);
    for (const row of rows) {
      const rank = row.dataset.rank === undefined ? -1 : Number(row.dataset.rank);
      row.hidden = !row.dataset.name.toLowerCase().includes(wanted) || rank > worst;
    }
    for (const group of groups) group.hidden = !all("[data-name]", group).some((row) => !row.hidden);
    const shown = lines.filter((line) => !line.hidden).length;
    count.value = `${shown} of ${lines.length} buckets`;
    enter();
  };
  const clear = () => {
    word.value = severity.value = "";
    filter();
  };

  // In the matrix one sign is reached by Tab, and arrows go on from there.
  const signs = (line) => all(".sign a", line);
  const enter = (link) => {
    const visible = lines.filter((line) => !line.hidden);
    for (const other of all(".matrix .sign a")) other.tabIndex = -1;
    const first = link || (visible.length ? signs(visible[0])[0] : null);
    if (first) first.tabIndex = 0;
  };
  const steps = {
    ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -999], End: [0, 999],
  };
  const go = (event) => {
    const step = steps[event.key], link = event.target.closest(".sign a");
    if (!step || !link || event.ctrlKey || event.altKey || event.metaKey) return;
    const visible = lines.filter((line) => !line.hidden), line = link.closest("tr");
    const bound = (value, length) => Math.max(0, Math.min(length - 1, value));
    const target = visible[bound(visible.indexOf(line) + step[0], visible.length)];
    const there = signs(target)[bound(signs(line).indexOf(link) + step[1], signs(target).length)];
    event.preventDefault();
    if (there) there.focus();
  };

  // What a link leads to is opened, and shown even if the filter had hidden it.
  const reveal = () => {
    const target = byId(location.hash.slice(1));
    if (!target) return;
    if (target.closest("[hidden]")) clear();
    for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
    target.scrollIntoView({ block: "center" });
    target.focus({ preventScroll: true });
  };

  const opener = byId("open-all"), failing = all("#failures .group");
  const open = () => {
    const closed = failing.some((each) => !each.open);
    for (const each of failing) each.open = closed;
  };
  const name = () => {
    if (opener) opener.textContent = failing.some((each) => !each.open) ? "Open all" : "Close all";
  };

  // Paper has no clicks. What was looked at and what passed stay folded: they would be most of it.
  let opened = [];
  const print = () => {
    opened = all("details.group:not(.passed), details.change").filter((each) => !each.open);
    for (const each of opened) each.open = true;
  };
  const printed = () => {
    for (const each of opened) each.open = false;
    opened = [];
  };

  for (const each of all(".scripted")) each.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") clear(); });
  byId("filter-clear").addEventListener("click", clear);
  if (opener) opener.addEventListener("click", open);
  for (const each of failing) each.addEventListener("toggle", name);
  for (const table of all(".matrix")) {
    table.addEventListener("keydown", go);
    table.addEventListener("focusin", (event) => { if (event.target.matches(".sign a")) enter(event.target); });
  }
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    // The same place again is no change of it.
    if (link && link.hash === location.hash) reveal();
  });
  addEventListener("beforeprint", print);
  addEventListener("afterprint", printed);
  filter();
  reveal();
})();
"""
