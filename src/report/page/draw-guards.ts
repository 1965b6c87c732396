/**
 * The guards that have tripped in the run, and what a person has accepted. Pure.
 */
import { grouped } from "../../text/counted.ts";
import { toLine } from "../../text/to-line.ts";
import type { SummarizedGuard, Summary } from "../summary.ts";
import { code } from "./draw-head.ts";
import { drawTable, figure, text } from "./draw-table.ts";
import { type Html, html } from "./html.ts";

export function drawGuards({ guards = [], accepts = [], reason }: Summary): Html {
  return html`<section aria-labelledby="guards">
<h2 id="guards">Guards</h2>
${
  guards.length === 0
    ? html`<p>No guard has tripped.</p>\n`
    : drawTable({
        caption: "Guards that have tripped",
        columns: [text("guard"), figure("figure"), figure("allowed"), figure("accounts held"), text("approved")],
        rows: guards.map((guard) => [
          code(guard.guard),
          guard.figure,
          guard.allowed,
          guard.holding,
          describeApproval(guard),
        ]),
      })
}${accepts.length === 0 ? null : html`<p>Accepted by a person: ${accepts.join(", ")} (${toLine(reason ?? "")}).</p>\n`}</section>
`;
}

function describeApproval({ approved, holding }: SummarizedGuard): string {
  if (approved === undefined) return "no";
  const { max, by, reason } = approved;
  return `${holding > 0 ? "before: " : ""}up to ${grouped(max)} by ${by}: ${toLine(reason)}`;
}
