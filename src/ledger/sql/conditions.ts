/**
 * Where a change and its operations are on their way, within a query: which tables have a row of them says it. What is planned or being
 * sent in a change that has ended is skipped, or unknown.
 */

/** Whether the change of that table or alias has not ended. */
export const isOpen = (of: string) =>
  `NOT EXISTS (SELECT 1 FROM ends WHERE ends.run = ${of}.run AND ends.change = ${of}.change)`;

/** Whether the change of that table or alias has no plan. */
export const isUnplanned = (of: string) =>
  `NOT EXISTS (SELECT 1 FROM plans WHERE plans.run = ${of}.run AND plans.change = ${of}.change)`;

/** Of the sending `s`: whether it may have taken effect without our knowing. */
export const IS_IN_DOUBT = "(s.state IN ('sending', 'unknown') OR s.in_doubt = 1)";

/** Of a sending: not yet settled. */
export const isUnsettled = (of: string) => `${of}.state IN ('planned', 'sending', 'unknown')`;

/** Of the operation with the sending `s`, if any, in a change with the end `e`, if any: its OperationState. */
export const STATE = `CASE coalesce(s.state, 'planned')
  WHEN 'planned' THEN CASE WHEN e.change IS NULL THEN 'planned' ELSE 'skipped' END
  WHEN 'sending' THEN CASE WHEN e.change IS NULL THEN 'sending' ELSE 'unknown' END ELSE s.state END`;

/** What STATE and OPERATION need beside the operation `o`. */
export const WITH_SENDING = `LEFT JOIN sendings s ON s.run = o.run AND s.change = o.change AND s.step = o.step
  LEFT JOIN ends e ON e.run = o.run AND e.change = o.change`;

/** Every change of a run. */
export const WHOLE = { after: 0, to: Number.MAX_SAFE_INTEGER };
