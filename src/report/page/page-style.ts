/**
 * The style sheet of the report page: light and dark, for narrow and wide screens, and for paper (A4).
 */
import { CALL_LANES } from "../../bank/call-times.ts";
import { WORDS } from "../../errors/words.ts";

const LIGHT = `
  --ground: #ffffff; --panel: #f5f6f8; --line: #d5dae0; --ink: #1c2127; --faint: #59626d; --link: #0b5cad;
  --unknown: #8250df; --failed: #7d0a20; --refused: #cf3a45; --invalid: #c2570c; --held: #a87400; --skipped: #727b86;
  --applied: #1b7f3b; --unchanged: #4a8fb8; --reads: #8aa4c2; --writes: #2f5f96;
`;

const DARK = `
  --ground: #14171b; --panel: #1d2127; --line: #363d46; --ink: #e5e8ec; --faint: #a3acb7; --link: #7cb8f5;
  --unknown: #b08df2; --failed: #f7a1a8; --refused: #ee5d68; --invalid: #ef8f42; --held: #d9ae37; --skipped: #8d96a1;
  --applied: #46b868; --unchanged: #6aa9d0; --reads: #53708f; --writes: #93bff0;
`;

const FILLED = [...WORDS, ...CALL_LANES];

export const PAGE_STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font-variant-numeric: tabular-nums; }
main { max-width: 70rem; margin: 0 auto; padding: 2.5rem clamp(1rem, 4vw, 3rem) 4rem; }
h1 { margin: 0; font-size: clamp(1.5rem, 1.1rem + 1.8vw, 2.25rem); font-weight: 650; line-height: 1.2; letter-spacing: -0.015em; text-wrap: balance; }
h2 { margin: 3rem 0 0.75rem; font-size: 1.25rem; font-weight: 650; line-height: 1.3; }
h3 { margin: 2rem 0 0.25rem; font-size: 1rem; font-weight: 650; overflow-wrap: anywhere; }
p { margin: 0.25rem 0 0.75rem; max-width: 46rem; overflow-wrap: anywhere; }
code, pre, .id { font: 0.875em/1.5 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
pre { margin: 0.25rem 0 1rem; padding: 0.625rem 0.875rem; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; }
pre code { font-size: 1em; }
a { color: var(--link); text-underline-offset: 0.2em; }
.over { margin: 0 0 0.5rem; color: var(--faint); }
.exit { margin-top: 0.75rem; font-size: 1.0625rem; }
.of, .foot { color: var(--faint); }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1rem 2.5rem; margin: 1.5rem 0 0; }
.facts div { border-top: 1px solid var(--line); padding-top: 0.5rem; }
dt { color: var(--faint); font-size: 0.875rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.next { margin: 0; padding-left: 1.25rem; }
.next p { margin-bottom: 0.25rem; }
.bar { display: block; width: 100%; height: 1.75rem; border-radius: 4px; }
.bar rect { stroke: var(--ground); stroke-width: 1; vector-effect: non-scaling-stroke; }
.swatch { width: 0.75em; height: 0.75em; margin-right: 0.5em; }
${FILLED.map((word) => `.${word} { fill: var(--${word}); }`).join("\n")}
figure { margin: 1rem 0 1.75rem; }
figcaption { color: var(--faint); font-size: 0.875rem; margin-bottom: 0.375rem; }
figcaption .word { margin-left: 0.75rem; color: var(--ink); }
.pace { display: block; width: 100%; height: 7rem; shape-rendering: crispEdges; border-bottom: 1px solid var(--faint); }
.axis { display: flex; justify-content: space-between; gap: 1rem; max-width: none; color: var(--faint); font-size: 0.8125rem; }
.word { white-space: nowrap; }
.word.none { color: var(--faint); }
.word.none .swatch { opacity: 0.35; }
.table { overflow-x: auto; margin: 0.75rem 0 1.25rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
caption { padding: 0 0 0.375rem; color: var(--faint); text-align: left; }
th, td { padding: 0.375rem 1.25rem 0.375rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
thead th { border-bottom-color: var(--faint); font-weight: 600; vertical-align: bottom; white-space: nowrap; }
tbody th { font-weight: 400; }
td, td code { overflow-wrap: break-word; }
.list td:last-child { min-width: 12rem; }
.whole { white-space: nowrap; }
.figure { text-align: right; white-space: nowrap; }
.list .figure:first-child { width: 1%; }
@media screen and (max-width: 40rem) {
  th, td { padding-right: 0.875rem; }
  .list { min-width: 42rem; }
  .words :is(th, td):nth-child(3) { display: none; }
}
th button { position: relative; padding: 0; border: 0; background: none; color: inherit; font: inherit; cursor: pointer; }
th button::after { position: absolute; left: 100%; padding-left: 0.125rem; }
th[aria-sort="ascending"] button::after { content: "\\2191"; content: "\\2191" / ""; }
th[aria-sort="descending"] button::after { content: "\\2193"; content: "\\2193" / ""; }
.search { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 0.75rem; }
.search input { width: 20rem; max-width: 100%; padding: 0.375rem 0.625rem; border: 1px solid var(--faint); border-radius: 6px; background: var(--ground); color: inherit; font: inherit; }
.search output { color: var(--faint); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
[hidden] { display: none; }
@page { size: A4; margin: 16mm 14mm; }
@media print {
  :root { color-scheme: light; ${LIGHT} }
  html { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  h2 { margin-top: 1.75rem; }
  h2, h3, caption { break-after: avoid; }
  tr, pre, .facts div, .next li { break-inside: avoid; }
  thead { display: table-header-group; }
  .table { overflow: visible; }
  td, td code, tbody th { overflow-wrap: anywhere; }
  .bar, .swatch, .pace { print-color-adjust: exact; }
  .search, th button::after { display: none; }
}
`;
