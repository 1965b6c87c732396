/**
 * What a person has asked of a run while it works, in words. Pure.
 */

/** What a person has asked of the run so far; null for what is as the job says. Known by whoever works on it within a second. */
export interface Control {
  /** No call begins until the pause ends, whichever process works on the run. */
  readonly isPaused: boolean;
  /** The process at work stops, and the run waits for `resume`. */
  readonly isStopped: boolean;
  readonly requestsPerSecond: number | null;
  readonly reads: number | null;
  readonly writes: number | null;
  /** Who asked last, as `user@host`; null while nobody has asked. */
  readonly by: string | null;
}

/** Whether anything of it is not as the job says. */
export function isChanged({ isPaused, isStopped, by: _, ...settings }: Control): boolean {
  return isPaused || isStopped || Object.values(settings).some((value) => value !== null);
}

/** Whether no call begins until a person says so. */
export function standsStill({ isPaused, isStopped }: Control): boolean {
  return isPaused || isStopped;
}

/** Such as `paused, requestsPerSecond=5, as clara@night-1 asked`; "goes on" where nothing is asked any more. */
export function describeControl({ isPaused, isStopped, by, ...settings }: Control): string {
  const state = isStopped ? ["stopped"] : isPaused ? ["paused"] : [];
  const given = Object.entries(settings).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]));
  const all = [...state, ...given];
  return `${all.length === 0 ? "goes on" : all.join(", ")}${by === null ? "" : `, as ${by} asked`}`;
}
