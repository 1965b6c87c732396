/**
 * What a person has asked of a run while it works, in words. Pure.
 */

export interface AskedOfRun {
  readonly isPaused: boolean;
  readonly isStopped: boolean;
  readonly requestsPerSecond: number | null;
  readonly reads: number | null;
  readonly writes: number | null;
  readonly by: string | null;
}

/** Whether anything of it is not as the job says. */
export function isChanged({ isPaused, isStopped, by: _, ...settings }: AskedOfRun): boolean {
  return isPaused || isStopped || Object.values(settings).some((value) => value !== null);
}

/** Such as `paused, requestsPerSecond=5, as clara@night-1 asked`; "goes on" where nothing is asked any more. */
export function describeControl({ isPaused, isStopped, by, ...settings }: AskedOfRun): string {
  const state = isStopped ? ["stopped"] : isPaused ? ["paused"] : [];
  const given = Object.entries(settings).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]));
  const all = [...state, ...given];
  return `${all.length === 0 ? "goes on" : all.join(", ")}${by === null ? "" : `, as ${by} asked`}`;
}
