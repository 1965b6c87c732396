/**
 * How runs are steered, as columns have it, and the statements for it. They are the same in both databases, with `?` for a value.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { Control } from "../../report/describe-control.ts";
import { NO_CONTROL, type Settable } from "../controls.ts";
import type { Run } from "../run.ts";

export const FIND_CONTROL = "SELECT control, most FROM controls WHERE run = ?";
export const SET_CONTROL = "UPDATE controls SET control = ? WHERE run = ?";

export const LEAVE_OTHERS = "UPDATE controls SET owner = '' WHERE owner = ? AND run <> ?";
export const OPEN_CONTROL = `INSERT INTO controls (run, owner, most, control) VALUES (?, ?, ?, ?)
  ON CONFLICT (run) DO UPDATE SET owner = excluded.owner, most = excluded.most, control = excluded.control`;

/** The run, the name of its lease, and the time. A plan has no lease: whether its process lives, nobody knows. */
export const IS_AT_WORK = `SELECT 1 AS one FROM controls c JOIN runs r ON r.no = c.run
  WHERE c.run = ? AND c.owner <> '' AND r.stage <> 'ended' AND (r.kind = 'plan'
    OR EXISTS (SELECT 1 FROM leases l WHERE l.name = ? AND l.owner = c.owner AND l.until > ?))`;

export const WAIT = "UPDATE runs SET waiting = 1 WHERE no = ? AND kind = 'run'";

export interface ControlShape {
  readonly control: string;
  /** What the job allows, as JSON text. */
  readonly most: string;
}

/** What an older version has not written is as the job says. */
export function decodeControl(shape: ControlShape | undefined): Control {
  return shape === undefined ? NO_CONTROL : { ...NO_CONTROL, ...(JSON.parse(shape.control) as Partial<Control>) };
}

/** What is asked of the run after the change. */
export function changedControl(shape: ControlShape | undefined, change: Partial<Control>): Control {
  const most = JSON.parse(shape?.most ?? "{}") as Partial<Settable>;
  const atMost = (asked: number | null, limit = 1) => (asked === null ? null : Math.min(asked, limit));
  const asked = { ...decodeControl(shape), ...change };
  return {
    ...asked,
    requestsPerSecond: atMost(asked.requestsPerSecond, most.requestsPerSecond),
    reads: atMost(asked.reads, most.reads),
    writes: atMost(asked.writes, most.writes),
  };
}

/** The error of steering a run that nobody works on. */
export function notInProgress({ id, stage, exit }: Run): FatalError {
  if (stage === "ended")
    return new FatalError("not_in_progress", `run ${id} has ended with exit code ${exit}`, {
      hint: `to see what became of it, type: tieout report ${id}`,
    });
  return new FatalError("not_in_progress", `nobody works on run ${id} now`, {
    hint: `to continue it, type: tieout resume ${id}`,
  });
}
