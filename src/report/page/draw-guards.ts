/**
 * The guards that have tripped in the run, and what a person has accepted. Pure.
 */
import { grouped } from "../../text/counted.ts";
import { toLine } from "../../text/to-line.ts";
import { isFirstAbsent, type SummarizedGuard, type Summary } from "../summary.ts";
import { code } from "./draw-head.ts";
import { drawTable, figure, text } from "./draw-table.ts";
import { type Html, html } from "./html.ts";

const FIRST_ABSENT = html`<p>The first time, absent accounts are held however few they are: look at missing.csv, then approve.</p>\n`;

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
}${guards.some((guard) => isFirstAbsent(guard) && guard.holding > 0) ? FIRST_ABSENT : null}${accepts.length === 0 ? null : html`<p>Accepted by a person: ${accepts.join(", ")} (${toLine(reason ?? "")}).</p>\n`}</section>
`;
}

function describeApproval({ approved, holding }: SummarizedGuard): string {
  if (approved === undefined) return "no";
  const { max, by, reason } = approved;
  return `${holding > 0 ? "before: " : ""}up to ${grouped(max)} by ${by}: ${toLine(reason)}`;
}
