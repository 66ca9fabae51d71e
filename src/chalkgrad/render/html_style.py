"""The style sheet of a page: a quiet textbook, in light and in dark, on paper and on a telephone."""

from __future__ import annotations

__all__ = ["STYLE"]

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #fffefb; --ink: #1d1b18; --quiet: #5f5a52; --rule: #dcd6ca; --tint: #f5f2ea;
  --accent: #1f4e79; --note: #1f4e79; --warning: #8a5a00; --passed: #1f6b3a; --failed: #a3262a;
  --right: #1f6b3a; --rounded: #0f6674; --carried: #8a5a00; --wrong: #a3262a; --unread: #6a3d8f; --undecided: #1f4e79;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181b; --ink: #e6e3dc; --quiet: #a39d92; --rule: #383b40; --tint: #1f2226;
    --accent: #8fbfe8; --note: #8fbfe8; --warning: #e3b261; --passed: #7cc798; --failed: #f08b87;
    --right: #7cc798; --rounded: #74c7d4; --carried: #e3b261; --wrong: #f08b87; --unread: #c9a3ea; --undecided: #8fbfe8;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 3rem 1.5rem 5rem; max-width: 50rem; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.6 "Iowan Old Style", Charter, "Source Serif 4", "Noto Serif", Georgia, "DejaVu Serif", serif;
  overflow-wrap: break-word;
}
h1, h2, h3, h4 { line-height: 1.25; font-weight: 600; text-wrap: balance; break-after: avoid; }
h1 { font-size: 1.9rem; margin: 0 0 1.5rem; letter-spacing: -0.01em; }
h2 { font-size: 1.35rem; margin: 3rem 0 0.9rem; padding-bottom: 0.3rem; border-bottom: 1px solid var(--rule); }
h3 { font-size: 1.12rem; margin: 2rem 0 0.6rem; }
h4 { font-size: 1rem; margin: 1.5rem 0 0.4rem; color: var(--quiet); }
p, ul, .formula, .table, pre, .remark, details, figure { margin: 0.85rem 0; }
a { color: var(--accent); text-underline-offset: 0.15em; }
:target { scroll-margin-top: 1rem; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }
nav { margin: 0 0 2.5rem; padding: 0.9rem 1.2rem; background: var(--tint); border-radius: 6px; font-size: 0.95rem; }
nav ol { margin: 0; padding: 0; list-style: none; }
nav li { margin: 0.15rem 0; }
nav li.level-3 { padding-inline-start: 1.2rem; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
math { font-family: "Latin Modern Math", "New Computer Modern Math", "STIX Two Math", "Cambria Math", math, serif; }
math[display="block"] { display: block math; text-align: start; margin: 0; width: max-content; }
.formula {
  display: flex; flex-wrap: wrap; align-items: center; gap: 0.2rem 2.5rem; padding-inline-start: 1.5rem; direction: ltr;
}
.scroll { max-width: 100%; overflow-x: auto; overflow-y: hidden; padding-block: 0.35rem; }
.formula > .reason { color: var(--quiet); font-style: italic; font-size: 0.94em; }
mtable.aligned > mtr > mtd { padding: 0.3em 0; vertical-align: baseline; }
mtable.aligned > mtr > mtd.left { text-align: right; text-align: -webkit-right; }
mtable.aligned > mtr > mtd.right { text-align: left; text-align: -webkit-left; padding-inline-start: 0.1em; }
mtable.matrix > mtr > mtd { padding: 0.22em 0.45em; }
mrow.braced { padding-bottom: 0.18em; border-bottom: 1px solid currentcolor; margin-inline: 0.12em; }
mtable.cases > mtr > mtd { padding: 0.15em 0.5em; text-align: left; text-align: -webkit-left; }
table { border-collapse: collapse; font-size: 0.96em; border-block: 1.5px solid var(--ink); }
caption { caption-side: top; text-align: start; padding-bottom: 0.5rem; font-weight: 600; }
th { text-align: start; font-weight: 600; border-bottom: 1px solid var(--ink); vertical-align: bottom; }
th, td { padding: 0.4rem 1.6rem 0.4rem 0; }
table.wide { font-size: 0.9em; }
table.wide :is(th, td) { padding-inline-end: 1.1rem; }
th:last-child, td:last-child { padding-inline-end: 0; }
.c { text-align: center; }
.r { text-align: right; }
td.r { white-space: nowrap; }
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace; font-size: 0.88em; }
code { background: var(--tint); padding: 0.1em 0.3em; border-radius: 3px; }
pre { background: var(--tint); padding: 0.8rem 1rem; border-radius: 6px; overflow-x: auto; line-height: 1.45; }
pre code { padding: 0; background: none; font-size: 1em; }
ul { padding-inline-start: 1.4rem; }
li { margin: 0.25rem 0; }
.remark { padding: 0.1rem 0 0.1rem 1rem; border-inline-start: 3px solid var(--kind); break-inside: avoid; }
.remark > b { color: var(--kind); font-weight: 600; }
.note { --kind: var(--note); } .warning { --kind: var(--warning); }
.passed { --kind: var(--passed); } .failed { --kind: var(--failed); }
figure { margin-inline: 0; text-align: center; break-inside: avoid; }
/* A picture is drawn for light paper, and keeps its paper in the dark. */
figure > img { max-width: 100%; height: auto; padding: 0.25rem; background: #fff; border-radius: 4px; }
figcaption { color: var(--quiet); font-size: 0.94em; margin-top: 0.3rem; }
details { padding-inline-start: 1.1rem; border-inline-start: 1px solid var(--rule); }
summary { cursor: pointer; margin-inline-start: -1.1rem; padding-inline-start: 0.4rem; font-weight: 600; }
summary:hover { color: var(--accent); }
:is(.line, .mark).right { --kind: var(--right); } :is(.line, .mark).rounded { --kind: var(--rounded); }
:is(.line, .mark).carried { --kind: var(--carried); } :is(.line, .mark).wrong { --kind: var(--wrong); }
:is(.line, .mark).unread { --kind: var(--unread); } :is(.line, .mark).undecided { --kind: var(--undecided); }
:is(.line, .mark).not_about_this { --kind: var(--quiet); }
.mark { color: var(--kind); font-weight: 600; white-space: nowrap; }
.line {
  display: grid; grid-template-columns: 2.6rem minmax(0, 1fr) max-content; gap: 0 0.9rem; align-items: baseline;
  margin: 0; padding: 0.45rem 0.7rem 0.45rem 0; border-inline-start: 4px solid var(--kind, transparent);
  border-bottom: 1px solid var(--rule);
}
.line.wrong { background: color-mix(in srgb, var(--wrong) 9%, transparent); }
.line.passed-over { color: var(--quiet); }
.line > .label { text-align: end; color: var(--quiet); font-size: 0.85em; font-variant-numeric: tabular-nums; }
.line > .own {
  font-family: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace; font-size: 0.88em;
  white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext;
}
.line.passed-over > .own { grid-column: 2 / -1; }
.line > .mark { font-size: 0.9em; }
.line > .said { grid-column: 2 / -1; font-size: 0.95em; }
.line > .said > * { margin: 0.35rem 0; }
table.bars { width: 100%; border: 0; margin: 1rem 0; }
table.bars th { border: 0; font-weight: 400; width: 45%; vertical-align: middle; }
table.bars td { vertical-align: middle; width: 55%; }
table.bars td.r { width: auto; }
.bar { display: block; height: 0.85rem; border-radius: 2px; background: var(--accent); }
@media (max-width: 36rem) {
  .line { grid-template-columns: 2rem minmax(0, 1fr); }
  .line > .mark { grid-column: 2; }
  body { padding: 1.5rem 1rem 3rem; font-size: 1rem; }
  .formula { padding-inline-start: 0; }
  figure > img { min-width: 100%; }
  h1 { font-size: 1.5rem; }
}
@media print {
  @page { margin: 20mm; }
  :root {
    --paper: #fff; --ink: #000; --quiet: #444; --rule: #bbb; --tint: #f6f6f6;
    --accent: #000; --note: #1f4e79; --warning: #8a5a00; --passed: #1f6b3a; --failed: #a3262a;
    --right: #1f6b3a; --rounded: #0f6674; --carried: #8a5a00; --wrong: #a3262a; --unread: #6a3d8f;
    --undecided: #1f4e79;
  }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  nav { display: none; }
  a { color: inherit; text-decoration: none; }
  details::details-content { content-visibility: visible; display: block; height: auto; opacity: 1; }
  details:not([open]) > * { display: block; }
  summary { list-style: none; margin-inline-start: 0; padding-inline-start: 0; }
  .scroll, pre { overflow: visible; }
  pre { white-space: pre-wrap; }
  .line, .bar { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  tr, .formula, pre, .line { break-inside: avoid; }
  thead { display: table-header-group; }
}
"""
