/**
 * The causes of all rows that are not as the file wants them, and the first rows of each. Pure.
 */
import { counted, grouped } from "../../text/counted.ts";
import { toLine } from "../../text/to-line.ts";
import type { Cause } from "../causes.ts";
import { ownerWord } from "../owner-word.ts";
import { code } from "./draw-head.ts";
import { drawTable, figure, type TableHead, text } from "./draw-table.ts";
import { swatch } from "./draw-words.ts";
import type { ShownRow } from "./first-rows.ts";
import { type Html, type HtmlPart, html } from "./html.ts";

/** The others are in summary.json, and their rows in results.csv. */
const CAUSES_SHOWN = 60;
/** Rows are shown until they fill this much, so that the whole page can be sent by mail. */
export const MOST_BYTES_OF_ROWS = 1_200_000;

export function drawCauses(causes: readonly Cause[], rowsOf: (cause: Cause) => readonly ShownRow[]): Html {
  const shown = causes.slice(0, CAUSES_SHOWN);
  const more = causes.length - shown.length;
  return html`<section aria-labelledby="causes">
<h2 id="causes">Causes</h2>
${
  shown.length === 0
    ? html`<p>There is nothing to repair.</p>\n`
    : drawTable({
        caption: "Rows that somebody has to look at, by cause",
        columns: [
          figure("no."),
          figure("rows"),
          text("word"),
          text("code"),
          text("column"),
          text("who can fix it"),
          text("rows such as"),
        ],
        rows: shown.map((cause) => [
          html`<a href="#cause-${cause.no}">${cause.no}</a>`,
          cause.count,
          html`<span class="word">${swatch(cause.word)}${cause.word}</span>`,
          code(cause.code),
          toLine(cause.column, 60),
          ownerWord(cause.code),
          cause.samples.join(", "),
        ]),
        look: "list",
      })
}${more > 0 ? html`<p>And ${counted(more, "more cause")}, in <code>summary.json</code>.</p>\n` : null}</section>
${shown.length === 0 ? null : drawFirstRows(shown, rowsOf)}`;
}

function drawFirstRows(causes: readonly Cause[], rowsOf: (cause: Cause) => readonly ShownRow[]): Html {
  let bytes = 0;
  const articles = causes.map((cause) => {
    const table = drawRows(cause, rowsOf(cause));
    const size = table === null ? 0 : Buffer.byteLength(table.html);
    const isShown = bytes + size <= MOST_BYTES_OF_ROWS;
    if (isShown) bytes += size;
    return drawCause(cause, isShown ? table : null);
  });
  return html`<section class="rows" aria-labelledby="first-rows">
<h2 id="first-rows">First rows of each cause</h2>
${articles}</section>
`;
}

function drawCause(cause: Cause, table: Html | null): Html {
  const { no, word, code: name, column, bankCode, bankReason, count, firstRow, lastRow, todo, command } = cause;
  const where = column === "" ? null : html` in ${code(toLine(column, 60))}`;
  const reason = [bankCode, bankReason].filter(Boolean).join(": ");
  const rows = count === 1 ? `Row ${firstRow}` : `${counted(count, "row")}, from ${firstRow} to ${lastRow}`;
  return html`<article aria-labelledby="cause-${no}">
<h3 id="cause-${no}">${no}. ${word}: ${code(name)}${where}</h3>
<p class="of">${rows}. Who can fix it: ${ownerWord(name)}.</p>
<p>${todo}</p>
${reason === "" ? null : html`<p>The bank says: <q><bdi>${toLine(reason)}</bdi></q></p>\n`}${
  command === null ? null : html`<pre><code>${command}</code></pre>\n`
}${table ?? html`<p>Its rows are in <code>results.csv</code>.</p>\n`}</article>
`;
}

/** Up to so many characters it is not cut into lines. */
const LONGEST_WHOLE = 40;

function drawValue(value: string): HtmlPart {
  return value && html`<bdi class="id${value.length > LONGEST_WHOLE ? "" : " whole"}">${value}</bdi>`;
}

/** The columns in which some row of the cause has something. */
function drawRows({ no, count, column }: Cause, rows: readonly ShownRow[]): Html | null {
  if (rows.length === 0) return null;
  const wanted: readonly (readonly [TableHead, (row: ShownRow) => HtmlPart])[] = [
    [figure("row"), ({ row }) => String(row)],
    [text("account"), ({ account }) => drawValue(account)],
    [text(column === "" ? "cell" : toLine(column, 60)), ({ cell }) => drawValue(cell)],
    [text("differs"), ({ changes }) => changes && html`<bdi>${changes}</bdi>`],
    [text("operations"), ({ operations }) => operations],
    [text("message"), ({ message }) => message && html`<bdi>${message}</bdi>`],
  ];
  const columns = wanted.filter(([, cellOf]) => rows.some((row) => cellOf(row) !== ""));
  const which =
    rows.length < count ? `First ${grouped(rows.length)} of ${counted(count, "row")}` : counted(count, "row");
  return drawTable({
    caption: `${which} of cause ${no}`,
    columns: columns.map(([title]) => title),
    rows: rows.map((row) => columns.map(([, cellOf]) => cellOf(row))),
    look: "list",
  });
}
