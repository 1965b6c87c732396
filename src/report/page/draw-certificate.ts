/**
 * The certificate, and particulars by which the file and the plan are known again. Pure.
 */
import { counted } from "../../text/counted.ts";
import { toLine } from "../../text/to-line.ts";
import type { Summary } from "../summary.ts";
import { code } from "./draw-head.ts";
import { drawTable, figure, text } from "./draw-table.ts";
import { type Html, type HtmlPart, html } from "./html.ts";

export function drawCertificate({ certificate, rows }: Summary): Html | null {
  if (certificate.length === 0) return null;
  return html`<section aria-labelledby="certificate">
<h2 id="certificate">Certificate</h2>
<p>Before anything was published, these figures were counted again from the ledger. Each pair has to be equal, and is. ${counted(rows, "row")} went in and came out.</p>
${drawTable({
  caption: "Figures that agree",
  columns: [text("this"), figure("is"), text("and this"), figure("is too")],
  rows: certificate.map(({ left, right, figures }) => [left, short(figures[0]), right, short(figures[1])]),
})}</section>
`;
}

/** A checksum is known by its beginning. */
function short(value: number | string): HtmlPart {
  return typeof value === "string" && value.length > 16 ? `${value.slice(0, 12)}…` : value;
}

export function drawParticulars(summary: Summary): Html {
  const { file, planHash, sameBytesAs, batch, ignoredColumns, kind } = summary;
  const facts: (readonly [string, HtmlPart])[] = [
    ["Size of the file", counted(file.size, "byte")],
    ["SHA-256 of the file", code(file.sha256)],
    ...(planHash === undefined ? [] : [["Hash of the plan", code(planHash)] as const]),
    ...(batch === undefined ? [] : [["Batch", `${toLine(batch.id)}, version ${batch.version}`] as const]),
    ...(sameBytesAs === undefined ? [] : [["Same bytes as", html`run ${code(sameBytesAs.run)}`] as const]),
    ...(ignoredColumns.length === 0 ? [] : [["Columns not read", ignoredColumns.map(toName).join(", ")] as const]),
  ];
  return html`<section aria-labelledby="particulars">
<h2 id="particulars">Particulars</h2>
<dl class="facts">
${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
<p class="foot">${
    kind === "run" ? "All rows are in" : "All rows, as far as they were compared, are in"
  } <code>results.csv</code> beside this page, and all of these figures in <code>summary.json</code>.</p>
</section>
`;
}

const toName = (column: string) => toLine(column, 60);
