/**
 * `tieout causes`: shows why rows of a run are not as its file wants them, from the ledger as it is now. Only looks.
 */
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { completeCause } from "../../report/causes.ts";
import { renderCause, typedCause } from "../../report/render-cause.ts";
import { findCauses } from "../../run/report/find-causes.ts";
import { findHolder } from "../../run/report/report-again.ts";
import { counted } from "../../text/counted.ts";
import { findRun } from "../find-run.ts";
import { asTyped } from "../output/as-typed.ts";
import type { Session } from "../session.ts";
import { describeUnfinished } from "./describe-unfinished.ts";

export async function causesCommand(session: Session, id: string): Promise<ExitCode> {
  await using ledger = await (await session.ledger()).openSnapshot();
  const run = await findRun(ledger, id);
  const holder = await findHolder(ledger, run, ledger.nowMs());
  const { causes, published, isPublished } = await findCauses(ledger, run, holder);
  if (causes.length === 0)
    session.say({ event: "none" }, `run ${run.id} has no causes: all its rows are as the file wants them`);
  const mayRepeat = run.kind === "run" && isPublished && published?.final === true;
  const [first] = causes;
  if (first !== undefined) {
    const message = asTyped(`tieout explain ${run.id} --row ${first.firstRow}`);
    const text = `run ${run.id}: ${counted(causes.length, "cause")}; a row and its message are shown by: ${message}`;
    session.say({ event: "note", text }, text);
  }
  for (const one of causes) {
    const cause = completeCause(one, mayRepeat ? run.id : null, published?.renumbered);
    session.say({ event: "cause", run: run.id, ...typedCause(cause, asTyped) }, renderCause(cause, asTyped).join("\n"));
  }
  const text = run.kind === "run" ? describeUnfinished(run, holder, "its causes") : undefined;
  if (text !== undefined) session.say({ event: "note", text }, text);
  return EXIT.done;
}
