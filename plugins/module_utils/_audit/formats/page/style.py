# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""How the page looks: in the light, in the dark, on narrow screens and on paper.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --ground: #ffffff; --panel: #f5f7f9; --line: #d3d9df; --text: #1c2128; --soft: #586069; --link: #0a56a8;
  --critical: #8f1616; --on-critical: #ffffff; --high: #bf3f0c; --on-high: #ffffff;
  --medium: #f6d27a; --on-medium: #4a3200; --low: #e3e7ec; --on-low: #333b44;
  --unknown: #e6defb; --on-unknown: #4d2a9b; --pass: #1a7a37;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181d; --panel: #1c2229; --line: #38414b; --text: #e6eaee; --soft: #9ba6b1; --link: #79b8ff;
    --critical: #c92a2a; --high: #b34a12; --medium: #6b5210; --on-medium: #ffe6a3;
    --low: #3a434d; --on-low: #dde3e9; --unknown: #43307a; --on-unknown: #e2d8ff; --pass: #56cf7c;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0 auto; padding: 1.5rem clamp(0.75rem, 3vw, 2.5rem) 4rem; max-width: 90rem;
  background: var(--ground); color: var(--text);
  font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", "Open Sans", sans-serif;
  overflow-wrap: break-word;
}
h1 { margin: 0; font-size: 1.6rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.25rem; }
h3 { display: inline; font-size: 1rem; }
p { margin: 0.5rem 0; max-width: 60rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 1px; border-radius: 3px; }
bdi, code, pre, .reason { overflow-wrap: anywhere; }
code, pre { font: 0.8125rem/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
pre {
  margin: 0.4rem 0; padding: 0.6rem 0.75rem; max-width: 46rem; white-space: pre-wrap;
  background: var(--panel); border: 1px solid var(--line); border-radius: 6px;
}
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.more, .hint, .count, footer { color: var(--soft); font-size: 0.8125rem; font-weight: normal; }
.reason { white-space: pre-wrap; }
time { white-space: nowrap; }

header { display: flex; flex-wrap: wrap; gap: 0.75rem 2.5rem; align-items: end; justify-content: space-between; }
header dl { display: flex; flex-wrap: wrap; gap: 0.5rem 2rem; margin: 0; }
dt { color: var(--soft); font-size: 0.8125rem; }
dd { margin: 0; max-width: 60rem; }
details dl { display: grid; gap: 0.5rem; margin: 0.75rem 0; }

.tiles, .legend, nav ul { display: flex; flex-wrap: wrap; margin: 0; padding: 0; list-style: none; }
.tiles { gap: 0.6rem; margin: 1.25rem 0 0.75rem; }
.tile { flex: 1 0 7rem; padding: 0.6rem 0.9rem; border: 1px solid transparent; border-radius: 8px; line-height: 1.25; }
.tile b { display: block; font-size: 1.6rem; }
.tile.none { background: none; border-color: var(--line); color: var(--soft); }
.tile.pass { background: none; border-color: var(--pass); color: var(--pass); }
.tile.suppressed { background: none; border: 1px dashed var(--soft); }
nav ul { gap: 0.25rem 1.25rem; padding: 0.5rem 0; border: solid var(--line); border-width: 1px 0; }
form { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; padding: 0.75rem 0 0; }
input, select, button {
  padding: 0.35rem 0.6rem; font: inherit; color: inherit; background: var(--ground);
  border: 1px solid var(--soft); border-radius: 6px;
}
button { cursor: pointer; }
output { color: var(--soft); }
.legend { gap: 0.25rem 1.25rem; margin-bottom: 0.25rem; }
.legend li { display: flex; gap: 0.4rem; align-items: center; }
.legend .sign { min-width: 1.7rem; }

.critical { background: var(--critical); color: var(--on-critical); }
.high { background: var(--high); color: var(--on-high); }
.medium { background: var(--medium); color: var(--on-medium); }
.low { background: var(--low); color: var(--on-low); }
.unknown { background: var(--unknown); color: var(--on-unknown); }
.badge { display: inline-block; padding: 0 0.5rem; border-radius: 99px; font-size: 0.8125rem; white-space: nowrap; }

.wide {
  position: relative; overflow: auto; max-height: 85vh; margin: 0.75rem 0;
  border: 1px solid var(--line); border-radius: 8px;
}
table { width: 100%; border-collapse: separate; border-spacing: 0; }
th, td { padding: 0.45rem 0.7rem; text-align: start; vertical-align: top; border-bottom: 1px solid var(--line); }
tbody:last-child tr:last-child > *, tfoot tr > * { border-bottom: 0; }
tbody th { font-weight: 600; min-width: 9rem; }
th.text { min-width: 13rem; }
thead th { position: sticky; top: 0; z-index: 1; background: var(--panel); }
thead th { font-size: 0.8125rem; white-space: nowrap; }
td > details, summary { margin: 0.15rem 0; }
td summary { color: var(--link); font-size: 0.8125rem; }
td { min-width: 4rem; }
summary { cursor: pointer; }
tr:target > * { background: var(--panel); box-shadow: inset 0 2px var(--link), inset 0 -2px var(--link); }
tr[tabindex]:focus { outline-offset: -3px; }
details.group, details.change {
  margin: 0.5rem 0; padding: 0.35rem 0.75rem; border: 1px solid var(--line); border-radius: 8px;
}

.sign { text-align: center; font-weight: 700; font-size: 1.0625rem; line-height: 1.4; }
.legend .sign, td > .sign { display: inline-block; min-width: 1.7rem; border-radius: 4px; }
.sign a { display: block; color: inherit; text-decoration: none; }
.sign.pass { color: var(--pass); }
.sign.pass [aria-hidden], .legend .sign.pass span {
  display: inline-block; width: 0.35em; height: 0.7em; border: solid currentColor; border-width: 0 2px 2px 0;
  transform: rotate(45deg);
}
.sign.not_applicable { color: var(--soft); font-weight: 400; }
.sign.suppressed { color: var(--soft); }
.sign.suppressed [aria-hidden], .legend .sign.suppressed span {
  display: inline-block; width: 1.5em; line-height: 1.4; border: 1px dashed currentColor; border-radius: 99px;
}

.matrix thead tr + tr th { top: 2.2rem; }
.matrix thead th { text-align: center; padding: 0.35rem 0.3rem; height: 2.2rem; white-space: nowrap; }
.matrix thead th:first-child[rowspan] { text-align: start; padding-inline-start: 0.7rem; }
.matrix tr > :first-child:not(thead tr + tr > *) { position: sticky; left: 0; z-index: 1; background: var(--ground); }
.matrix thead tr > :first-child[rowspan] { z-index: 2; background: var(--panel); }
.matrix tbody th {
  min-width: min(14rem, 38vw); max-width: min(26rem, 45vw); line-height: 1.25; padding-block: 0.25rem;
}
.matrix tbody th { border-right: 1px solid var(--line); }
.matrix td { padding: 0; min-width: 2.6rem; vertical-align: middle; border-left: 1px solid var(--line); }
.matrix .sign a { padding: 0.3rem 0.2rem; }
.matrix .number { text-align: center; font-variant-numeric: tabular-nums; }
.matrix .sign a:focus-visible { outline-offset: -4px; outline-color: currentColor; }
.matrix tfoot > tr > * { position: sticky; bottom: 0; padding-block: 0.35rem; }
.matrix tfoot > tr > * { background: var(--panel); border-top: 1px solid var(--line); }
.matrix tfoot > tr > :first-child { z-index: 2; background: var(--panel); }

@page { size: A4 landscape; margin: 12mm; }
@media print {
  :root {
    color-scheme: light; font-size: 9pt;
    --ground: #ffffff; --panel: #f5f7f9; --line: #b9c0c7; --text: #000000; --soft: #454c54; --link: #000000;
    --critical: #8f1616; --high: #bf3f0c; --medium: #f6d27a; --on-medium: #4a3200; --low: #e3e7ec; --on-low: #333b44;
    --unknown: #e6defb; --on-unknown: #4d2a9b; --pass: #1a7a37;
  }
  body { padding: 0; max-width: none; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  nav, form, button, .hint { display: none; }
  .wide { overflow: visible; max-height: none; border: 0; }
  thead th, .matrix tr > :first-child, .matrix tfoot > tr > * { position: static !important; }
  th, td { padding: 0.25rem 0.35rem; min-width: 0; }
  tr, .tile { break-inside: avoid; }
  h2, summary { break-after: avoid; }
}
"""
