/**
 * The accounts that a snapshot lacks, by what is known of each. Pure.
 */
import { describeSnapshot, type SnapshotSummary } from "../snapshot-summary.ts";
import type { Summary } from "../summary.ts";
import { drawTable, figure, text } from "./draw-table.ts";
import { type Html, html } from "./html.ts";

const SAYS: Readonly<Record<keyof SnapshotSummary["states"], string>> = {
  absent: "absent",
  done: "deactivated or closed before",
  changed_since: "changed after the file was written",
  elsewhere: "in another job's snapshots",
  unclear: "known by another id than a row of the file has, which may be of any of them",
};

/** Nothing for a file that is no snapshot. */
export function drawSnapshot({ snapshot, kind }: Summary): Html | null {
  if (snapshot === undefined) return null;
  return html`<section aria-labelledby="absent">
<h2 id="absent">Absent accounts</h2>
${drawTable({
  caption: "Accounts that the ledger knows and the file lacks, as missing.csv lists them",
  columns: [text("state"), figure("accounts")],
  rows: Object.entries(SAYS).flatMap(([state, says]) => {
    const count = snapshot.states[state as keyof typeof SAYS];
    return count === undefined ? [] : [[says, count] as const];
  }),
})}${describeSnapshot(snapshot, kind)
  .slice(1)
  .map((line) => html`<p>${line.trim()}</p>\n`)}</section>
`;
}
