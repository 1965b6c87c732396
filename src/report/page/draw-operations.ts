/**
 * What was sent, or would be: operations by kind, and the fields that change. Pure.
 */
import { counted } from "../../text/counted.ts";
import type { ChangedField } from "../field-tally.ts";
import { type PlanPage, renderAhead, renderChanges, renderUsual } from "../plan-page.ts";
import type { Summary } from "../summary.ts";
import { code } from "./draw-head.ts";
import { drawTable, figure, text } from "./draw-table.ts";
import { type Html, html } from "./html.ts";

/** More are in summary.json for a plan, and row by row in results.csv. */
const FIELDS_SHOWN = 60;

/** `fields` are those of the rows that were applied; those of a plan are in its summary. */
export function drawOperations(summary: Summary, fields: readonly ChangedField[]): Html {
  const { page, operations } = summary;
  return html`<section aria-labelledby="operations">
<h2 id="operations">Operations</h2>
${page === undefined ? drawSent(operations) : drawPlanned(page)}${drawFields(page?.fields ?? fields, page === undefined ? "row" : "account")}</section>
`;
}

const STATES = ["applied", "refused", "failed", "unknown", "skipped", "planned"] as const;

/** `operations` are counted by `kind=word`. */
function drawSent(operations: Summary["operations"]): Html {
  const kinds = [...new Set(Object.keys(operations).map((name) => name.split("=")[0] ?? ""))].sort();
  if (kinds.length === 0) return html`<p>No row needed a call that changes the bank.</p>\n`;
  const countOf = (kind: string, state: string) => operations[`${kind}=${state}`] ?? 0;
  const states = STATES.filter((state) => kinds.some((kind) => countOf(kind, state) > 0));
  return drawTable({
    caption: "Operations by kind, and what became of them",
    columns: [text("operation"), ...states.map((state) => figure(state === "planned" ? "not sent" : state))],
    rows: kinds.map((kind) => [code(kind), ...states.map((state) => countOf(kind, state))]),
  });
}

function drawPlanned({ operations, ahead }: PlanPage): Html {
  if (operations.length === 0)
    return html`<p>None: the bank agrees with the file, as far as rows could be compared.</p>\n`;
  const table = drawTable({
    caption: "Operations that a run would send",
    columns: [text("operation"), figure("planned"), figure("allowed"), text("usual"), text("such as rows")],
    rows: operations.map(({ kind, count, allowed, usual, irreversible, rows }) => [
      html`${code(kind)}${irreversible ? " cannot be undone" : null}`,
      count,
      allowed ?? "no limit",
      usual === null ? "" : renderUsual(usual).replace("usual ", ""),
      rows.join(", "),
    ]),
  });
  return html`${table}${ahead === null ? null : html`<p>A run now: ${renderAhead(ahead)}.</p>\n`}`;
}

function drawFields(fields: readonly ChangedField[], of: "row" | "account"): Html | null {
  if (fields.length === 0) return null;
  const more = fields.length - FIELDS_SHOWN;
  const table = drawTable({
    caption: of === "row" ? "Fields that were changed, in rows that were applied" : "Fields that would change",
    columns: [text("field"), figure(`${of}s`), text("commonest changes")],
    rows: fields
      .slice(0, FIELDS_SHOWN)
      .map(({ field, accounts, irreversible, changes }) => [
        html`${code(field)}${irreversible ? " cannot be undone" : null}`,
        accounts,
        renderChanges(changes),
      ]),
  });
  return html`${table}${more > 0 ? html`<p>And ${counted(more, "more field")}.</p>\n` : null}`;
}
