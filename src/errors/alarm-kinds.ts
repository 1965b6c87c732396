/**
 * The kinds of alarms: states of a job that need a person. The same word in column, filter, JSON, metric label and notification. Gives their
 * order and what each means, and nothing else.
 */

/** Whatever names a kind has it from here. */
export const ALARM_KINDS = [
  "failed",
  "held",
  "repair",
  "rejected",
  "missed_start",
  "paused",
  "late",
  "missing",
  "doubled",
  "out_of_order",
  "gap",
  "too_small",
  "too_large",
  "not_archived",
] as const;

export type AlarmKind = (typeof ALARM_KINDS)[number];

/** For a person who reads the word for the first time. */
export const ALARM_MEANINGS: Readonly<Record<AlarmKind, string>> = {
  failed: "a start or its run did not come to its end, or rows ended failed or unknown",
  held: "rows wait for a person's decision",
  repair: "rows ended invalid or refused, and wait to be corrected",
  rejected: "a file was not taken, and nothing of it was sent",
  missed_start: "a scheduled start did not happen",
  paused: "a start ended badly, and the schedule starts nothing until a person resumes it",
  late: "the file that is expected was not there in time",
  missing: "the file that is expected did not come at all",
  doubled: "a file came a second time under another name or number",
  out_of_order: "a file came before the one that it follows",
  gap: "a number of the sequence is missing between two files",
  too_small: "a file has fewer rows than the job expects",
  too_large: "a file has more rows than the job expects",
  not_archived: "a run is over, and its file could not be archived or tagged",
};
