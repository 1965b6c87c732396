/**
 * Alarms and their notices as columns have them, and the statements for them. They are the same in both databases, with `?` for a value.
 */
import type { Code } from "../../errors/codes/codes.ts";
import type {
  Acknowledgement,
  Alarm,
  AlarmEvent,
  AlarmsToClear,
  AlarmsWanted,
  NewAlarm,
  Notice,
  NoticeEnd,
  UntoldNotice,
} from "../alarms.ts";

const ALARM = `a.no, b.api_url AS "apiUrl", b.program, a.job, a.kind, a.subject, a.code, a.message, a.run, a.details,
  a.since AS "sinceMs", a.cleared AS "clearedAtMs"`;
const OF_BANK = "alarms a JOIN banks b ON b.no = a.bank";

export interface AlarmShape extends Omit<Alarm, "bank" | "code" | "counts" | "causes" | "next" | "acknowledged"> {
  readonly apiUrl: string;
  readonly program: string;
  readonly code: string;
  readonly details: string;
}

export function decodeAlarm({ apiUrl, program, code, details, ...rest }: AlarmShape): Alarm {
  const told = JSON.parse(details) as Pick<Alarm, "counts" | "causes" | "next" | "acknowledged">;
  return { ...rest, code: code as Code, bank: { apiUrl, program }, ...told };
}

/** A statement and the values for it. */
export interface Bound {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** The bank's number, then the values of `raised`. Nothing is added while one like it is open. */
export const RAISE = `INSERT INTO alarms (no, bank, job, kind, subject, code, message, run, details, since)
  VALUES ((SELECT coalesce(max(no), 0) + 1 FROM alarms), ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (bank, job, kind, subject) WHERE cleared IS NULL DO NOTHING`;

export function raised(alarm: NewAlarm, atMs: number) {
  const { job, kind, subject, code, message, run, counts, causes, next } = alarm;
  return [job, kind, subject, code, message, run, JSON.stringify({ counts, causes, next }), atMs] as const;
}

/** Whether one like it began at that instant: the bank's number, job, kind, subject and time. */
export const HAS_BEGUN = "SELECT 1 FROM alarms WHERE bank = ? AND job = ? AND kind = ? AND subject = ? AND since = ?";

/** To the alarm that was added last. The target, and how long after. */
export const ADD_NOTICE = `INSERT INTO notices (alarm, event, target, at, due, attempts)
  SELECT max(no), 'raised', CAST(? AS text), max(since), max(since) + CAST(? AS bigint), 0 FROM alarms`;

/** That the alarm was raised is told no later than that, if nobody has begun to. The time, twice, the bank's number, and what it is about. */
export const HASTEN = `UPDATE notices SET due = ? WHERE event = 'raised' AND attempts = 0 AND due > ? AND alarm IN (
  SELECT no FROM alarms WHERE bank = ? AND job = ? AND kind = ? AND subject = ? AND cleared IS NULL)`;

/** What nobody has begun to tell is told no more. When, the alarm's number, and when again. */
export const DROP_UNTOLD = `UPDATE notices SET ended = ?, how = 'not told' WHERE alarm = ? AND attempts = 0 AND ended IS NULL AND due > ?`;

/** To whoever was told that the alarm was raised, or is being told. When, twice, and the alarm's number. */
export const ADD_CLEARED = `INSERT INTO notices (alarm, event, target, at, due, attempts)
  SELECT alarm, 'cleared', target, CAST(? AS bigint), CAST(? AS bigint), 0 FROM notices
  WHERE alarm = ? AND event = 'raised' AND coalesce(how, '') <> 'not told'`;

export const CLEAR = "UPDATE alarms SET cleared = ? WHERE no = ?";

export const FIND_OPEN = `SELECT ${ALARM} FROM ${OF_BANK} WHERE a.no = ? AND a.cleared IS NULL`;
/** The details, and the alarm's number. */
export const ACKNOWLEDGE = "UPDATE alarms SET details = ? WHERE no = ?";

export function withAcknowledgement({ counts, causes, next }: Alarm, acknowledged: Acknowledgement): string {
  return JSON.stringify({ counts, causes, next, acknowledged });
}

/** Those to clear, by the bank's number. */
export function toClear(bank: number, { job, kinds, subject }: AlarmsToClear): Bound {
  const about = subject === undefined ? "" : " AND a.subject = ?";
  const marks = kinds.map(() => "?").join(", ");
  return {
    sql: `SELECT ${ALARM} FROM ${OF_BANK}
      WHERE a.bank = ? AND a.job = ? AND a.cleared IS NULL AND a.kind IN (${marks})${about} ORDER BY a.no`,
    values: [bank, job, ...kinds, ...(subject === undefined ? [] : [subject])],
  };
}

/** `bank` is the number of the bank that is wanted; null when any is. */
export function toList(wanted: AlarmsWanted, bank: number | null, after: number, limit: number): Bound {
  const { job, kind, subject, isOpen, fromMs, toMs } = wanted;
  const conditions: (readonly [sql: string, value: string | number | null | undefined])[] = [
    ["a.bank = ?", bank],
    ["a.job = ?", job],
    ["a.kind = ?", kind],
    ["a.subject = ?", subject],
    ["(a.cleared IS NULL OR a.cleared >= ?)", fromMs],
    ["a.since < ?", toMs],
  ];
  const given = conditions.flatMap(([sql, value]) => (value == null ? [] : [{ sql, value }]));
  const open = isOpen ? " AND a.cleared IS NULL" : "";
  return {
    sql: `SELECT ${ALARM} FROM ${OF_BANK} WHERE a.no > ?${open}${given.map(({ sql }) => ` AND ${sql}`).join("")} ORDER BY a.no LIMIT ?`,
    values: [after, ...given.map(({ value }) => value), limit],
  };
}

export const COUNT_OPEN = `SELECT job, kind, CAST(count(*) AS integer) AS count FROM alarms
  WHERE bank = ? AND cleared IS NULL GROUP BY job, kind ORDER BY job, kind`;

/** Of the bank and the job, what is due at that time, and how many at most. */
export const LIST_DUE = `SELECT ${ALARM}, n.event, n.target, n.at AS "atMs", n.attempts FROM notices n JOIN alarms a ON a.no = n.alarm
  JOIN banks b ON b.no = a.bank
  WHERE n.ended IS NULL AND a.bank = ? AND a.job = ? AND n.due <= ? AND (n.event = 'raised' OR NOT EXISTS (
    SELECT 1 FROM notices o WHERE o.alarm = n.alarm AND o.target = n.target AND o.event = 'raised' AND o.ended IS NULL))
  ORDER BY n.at, n.alarm, n.event DESC, n.target LIMIT ?`;

/** Of the bank and the job. */
export const FIND_NEXT_DUE = `SELECT min(n.due) AS due FROM notices n JOIN alarms a ON a.no = n.alarm
  WHERE n.ended IS NULL AND a.bank = ? AND a.job = ?`;

/** Of the bank and the job, given up since, and how many at most. One that is tried for the first time may yet be delivered. */
export const LIST_UNTOLD = `SELECT n.alarm, n.event, n.target, n.attempts, n.how, CASE WHEN n.ended IS NULL THEN 0 ELSE 1 END AS "isGivenUp"
  FROM notices n JOIN alarms a ON a.no = n.alarm WHERE a.bank = ? AND a.job = ?
    AND ((n.ended IS NULL AND n.attempts > 1) OR (n.how LIKE 'given up%' AND n.ended IS NOT NULL AND (a.cleared IS NULL OR n.ended >= ?)))
  ORDER BY n.alarm DESC, n.event DESC, n.target LIMIT ?`;

export type UntoldShape = Omit<UntoldNotice, "isGivenUp" | "why"> & {
  readonly isGivenUp: number;
  readonly how: string | null;
};
/** One that was given up by an earlier version has no reason. */
export function decodeUntold({ how, isGivenUp, ...shape }: UntoldShape): UntoldNotice {
  const why = isGivenUp === 1 ? how?.slice(GIVEN_UP.length) : how;
  return { ...shape, isGivenUp: isGivenUp === 1, why: why || null };
}

const GIVEN_UP = "given up: ";
/** How a notice ended, as its column has it; while it is tried again, that has why. */
export const howOf = (end: NoticeEnd) => (end.kind === "given up" ? `${GIVEN_UP}${end.why}` : end.kind);

export interface NoticeShape extends AlarmShape {
  readonly event: AlarmEvent;
  readonly target: string;
  readonly atMs: number;
  readonly attempts: number;
}

/** As it is once it was taken. */
export function decodeTaken({ event, target, atMs, attempts, ...alarm }: NoticeShape): Notice {
  return { alarm: decodeAlarm(alarm), event, target, atMs, attempts: attempts + 1 };
}

/** Until when, and the key of the notice. */
export const TAKE = "UPDATE notices SET due = ?, attempts = attempts + 1 WHERE alarm = ? AND event = ? AND target = ?";
/** When, how, and the key of the notice. */
export const END =
  "UPDATE notices SET ended = ?, how = ? WHERE alarm = ? AND event = ? AND target = ? AND ended IS NULL";
/** Until when, why, the key of the notice, and how often it was taken by then. */
export const PUT_OFF =
  "UPDATE notices SET due = ?, how = ? WHERE alarm = ? AND event = ? AND target = ? AND attempts = ? AND ended IS NULL";

export const keyOf = ({ alarm, event, target }: Notice) => [alarm.no, event, target] as const;
