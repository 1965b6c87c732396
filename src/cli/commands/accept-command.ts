/**
 * `tieout accept`: takes open rows off the list of open rows until a day has passed. Asks the bank nothing, and sends nothing.
 */
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { acceptRows } from "../../run/after/accept-rows.ts";
import { counted } from "../../text/counted.ts";
import { readActor } from "../actor.ts";
import { clearOffline } from "../clear-offline.ts";
import { findRun } from "../find-run.ts";
import type { Session } from "../session.ts";
import { parseRows } from "./read-selection.ts";

export interface AcceptFlags {
  readonly row: string;
  readonly until: string;
  readonly reason: string;
}

export async function acceptCommand(session: Session, id: string, flags: AcceptFlags): Promise<ExitCode> {
  const { row, until, reason } = flags;
  const ranges = parseRows("--row", row);
  const ledger = await session.ledger();
  const untilMs = endOfDay(until, ledger.nowMs());
  const run = await findRun(ledger, id);
  const asked = { ranges, rows: row, until, untilMs, reason, actor: readActor() };
  const accepted = await acceptRows(ledger, run, asked);
  for (const { run: of, rows } of accepted) {
    const what = rows.length === 1 ? `row ${rows[0]}` : counted(rows.length, "row");
    const goes = of === run.id ? "" : `, which rows of ${run.id} came from,`;
    const text = `${what} of run ${of}${goes} ${rows.length === 1 ? "is" : "are"} accepted to the end of ${until} (UTC)`;
    session.say({ event: "accepted", run: of, rows, until }, text);
  }
  for (const { run: of } of accepted) await clearOffline(session, await findRun(ledger, of));
  return EXIT.done;
}

const DAY_MS = 86_400_000;

/** The first instant behind the day, in UTC. */
function endOfDay(text: string, nowMs: number): number {
  const endMs = dayMs("--until", text) + DAY_MS;
  if (endMs > nowMs) return endMs;
  throw new FatalError("usage", `--until ${text} has passed`, { hint: HINT });
}

const HINT = "give a day as 2027-01-31; it begins and ends at midnight UTC";

/** The first instant of a day in UTC. Throws FatalError `usage`. */
export function dayMs(flag: string, text: string): number {
  const startMs = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(startMs) && new Date(startMs).toISOString().startsWith(text)) return startMs;
  throw new FatalError("usage", `${flag} ${JSON.stringify(text)} is no day`, { hint: HINT });
}
