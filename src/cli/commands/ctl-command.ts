/**
 * `tieout ctl`: steers a run while it works, through the ledger, so that it reaches whichever processes work on it. Asks the bank nothing.
 */
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { type Control, describeControl } from "../../report/describe-control.ts";
import { auditEntry } from "../../run/audit-entry.ts";
import { readActor } from "../actor.ts";
import { findRun } from "../find-run.ts";
import type { Session } from "../session.ts";

type Order = Readonly<Record<string, boolean | number>>;

const ORDERS: Readonly<Record<string, Order>> = {
  pause: { isPaused: true },
  resume: { isPaused: false },
  stop: { isStopped: true },
};

/** `order` is pause, resume, stop or set; `settings` are such as `writes=4`, for set alone. */
export async function ctlCommand(
  session: Session,
  [id = "", order = "", ...settings]: readonly string[],
  reason: string | null,
): Promise<ExitCode> {
  const change = readOrder(order, settings);
  const ledger = await session.ledger();
  const run = await findRun(ledger, id);
  const [actor, atMs] = [readActor(), ledger.nowMs()];
  const details = { order, ...(order === "set" ? change : {}) };
  const entry = auditEntry({ actor, atMs, action: "ctl" }, { job: run.job, run: run.id, reason, details });
  const asked = { ...change, by: `${actor.user}@${actor.host}` };
  const control = await ledger.audited(entry).controls.record(run, asked, atMs);
  const atMost = limitsMet(change, control);
  const cut = Object.entries(atMost).map(([name, most]) => `; ${name} ${most}: the job allows no more`);
  const json = { event: "control", run: run.id, order, control, ...(cut.length > 0 && { atMost }) };
  session.say(json, `run ${run.id}: ${describeControl(control)}${cut.join("")}`);
  return EXIT.done;
}

/** What is now in force of the settings that were given, where that is less. */
function limitsMet(change: Order, control: Control): Readonly<Record<string, number>> {
  const met = SETTINGS.flatMap((name) => {
    const [given, now] = [change[name], control[name]];
    return now !== null && typeof given === "number" && now < given ? [[name, now] as const] : [];
  });
  return Object.fromEntries(met);
}

const SETTINGS = ["requestsPerSecond", "reads", "writes"] as const;
const EXAMPLE = "such as: tieout ctl last set requestsPerSecond=5 writes=4";

function readOrder(order: string, settings: readonly string[]): Order {
  if (order === "set") return readSettings(settings);
  const change = ORDERS[order];
  if (change === undefined)
    throw usage(`ctl does not know ${JSON.stringify(order)}`, "give pause, resume, stop or set");
  if (settings.length > 0) throw usage(`ctl … ${order} takes no settings`, `only set does, ${EXAMPLE}`);
  return change;
}

function readSettings(settings: readonly string[]): Order {
  const hint = `give ${SETTINGS.join(", ")} with a whole number from 1, ${EXAMPLE}`;
  if (settings.length === 0) throw usage("ctl … set needs what to set", hint);
  const all = settings.map((text) => {
    const [given = "", value = ""] = text.split(/=(.*)/s);
    const name = SETTINGS.find((one) => one === given);
    if (name === undefined) throw usage(`ctl … set does not know ${JSON.stringify(given)}`, hint);
    if (!/^[1-9]\d{0,8}$/.test(value)) throw usage(`ctl … set ${name} takes a whole number from 1`, hint);
    return [name, Number(value)] as const;
  });
  return Object.fromEntries(all);
}

function usage(message: string, hint: string): FatalError {
  return new FatalError("usage", message, { hint });
}
