/**
 * A table of the page: with a caption and scopes for those who hear it, and figures under each other. Pure.
 */
import { grouped } from "../../text/counted.ts";
import { type Html, type HtmlPart, html } from "./html.ts";

export interface TableHead {
  readonly title: string;
  /** Figures are set to the right. */
  readonly isFigure?: boolean;
}

export interface TableContent {
  /** What it is, in the page's own words; no two tables have the same. */
  readonly caption: string;
  readonly columns: readonly TableHead[];
  /** The first cell of each names its row. */
  readonly rows: readonly (readonly HtmlPart[])[];
  /** Of the style sheet; a `list` may be sorted by the script. */
  readonly look?: "list" | "words";
}

export const figure = (title: string): TableHead => ({ title, isFigure: true });
export const text = (title: string): TableHead => ({ title });

/** On a narrow screen it is scrolled sideways, which the keyboard can do as well. */
export function drawTable({ caption, columns, rows, look }: TableContent): Html {
  return html`<div class="table" role="region" tabindex="0" aria-label="${caption}"><table${look === undefined ? null : html` class="${look}"`}>
<caption>${caption}</caption>
<thead><tr>${columns.map(({ title, isFigure }) => html`<th scope="col"${ofFigure(isFigure)}>${title}</th>`)}</tr></thead>
<tbody>
${rows.map((cells) => drawRow(cells, columns))}</tbody>
</table></div>
`;
}

function drawRow([first = null, ...more]: readonly HtmlPart[], columns: readonly TableHead[]): Html {
  const cells = more.map((cell, index) => html`<td${ofFigure(columns[index + 1]?.isFigure)}>${shown(cell)}</td>`);
  return html`<tr><th scope="row"${ofFigure(columns[0]?.isFigure)}>${shown(first)}</th>${cells}</tr>
`;
}

const ofFigure = (isFigure = false) => (isFigure ? html` class="figure"` : null);

const shown = (cell: HtmlPart): HtmlPart => (typeof cell === "number" ? grouped(cell) : cell);
