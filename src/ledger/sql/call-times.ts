/**
 * When a run's calls were answered and how long they took, as columns have it.
 */

/** `?` for run, lane, measure, ms and calls. */
export const ADD_CALL_TIME = `INSERT INTO call_times (run, lane, measure, ms, calls) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (run, lane, measure, ms) DO UPDATE SET calls = call_times.calls + excluded.calls`;

export const READ_CALL_TIMES =
  "SELECT lane, measure, ms, calls FROM call_times WHERE run = ? ORDER BY lane, measure, ms";
