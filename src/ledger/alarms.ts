/**
 * What the ledger keeps of alarms: states of a job that need a person. An alarm is raised once and cleared once. Both are told to the targets
 * that the job names, by notices: one for each alarm, event and target, kept until it is delivered or given up.
 */
import type { AlarmKind } from "../errors/alarm-kinds.ts";
import type { Code } from "../errors/codes/codes.ts";
import type { BankName } from "./run.ts";

/** What an alarm is about. Of one job, kind and subject only one is open at a time. */
export interface AlarmSubject {
  readonly job: string;
  readonly kind: AlarmKind;
  /** What of the job it is about: "" for the job itself, a file's key, a day. Never an account. */
  readonly subject: string;
}

export interface NewAlarm extends AlarmSubject {
  readonly code: Code;
  /** One sentence for a person. Never a cell, an account's id or a secret. */
  readonly message: string;
  /** The run's id; null for what is not about a run. */
  readonly run: string | null;
  /** How many of what: rows by word, and the like. */
  readonly counts: Readonly<Record<string, number>>;
  /** How many rows for which cause, as the log has them. */
  readonly causes: Readonly<Record<string, number>>;
  /** The command to type next, or what else to do. */
  readonly next: string;
}

/** Who is to be told, and how long after. An alarm that is cleared by then was told to nobody, and its end is not either. */
export interface Telling {
  /** Names. */
  readonly targets: readonly string[];
  readonly afterMs: number;
  /** Not even where one like it began at that instant and is over: another process may have looked at the same moment. */
  readonly once?: boolean;
}

/** A person's own end of an alarm, in that person's words. */
export interface Acknowledgement {
  readonly by: string;
  readonly reason: string;
}

/** Times are wall-clock milliseconds. */
export interface Alarm extends NewAlarm {
  /** Counts from 1, in the order in which they were raised. */
  readonly no: number;
  readonly bank: BankName;
  readonly sinceMs: number;
  /** Null while it is open. */
  readonly clearedAtMs: number | null;
  /** Who has cleared it, where a person has. */
  readonly acknowledged?: Acknowledgement;
}

/** Which alarms to clear: of those kinds, about that subject, or about any when none is given. */
export interface AlarmsToClear {
  readonly job: string;
  readonly kinds: readonly AlarmKind[];
  readonly subject?: string;
}

/** Which alarms are listed; all when nothing is given. */
export interface AlarmsWanted {
  readonly bank?: BankName;
  readonly job?: string;
  readonly kind?: AlarmKind;
  readonly subject?: string;
  /** Only those that are open now. */
  readonly isOpen?: boolean;
  /** Open at some time from then on. */
  readonly fromMs?: number;
  /** Raised before then. */
  readonly toMs?: number;
}

export interface AlarmCount {
  readonly job: string;
  readonly kind: AlarmKind;
  readonly count: number;
}

export const ALARM_EVENTS = ["raised", "cleared"] as const;
export type AlarmEvent = (typeof ALARM_EVENTS)[number];

/** One target to be told of one event. */
export interface Notice {
  readonly alarm: Alarm;
  readonly event: AlarmEvent;
  readonly target: string;
  /** When it happened. */
  readonly atMs: number;
  /** How often it was taken, with this time. */
  readonly attempts: number;
}

/** A process that takes notices has until then to deliver them; nobody else takes them before. */
export interface NoticesToTake {
  readonly nowMs: number;
  readonly untilMs: number;
  readonly limit: number;
}

export type NoticeEnd = { readonly kind: "delivered" } | { readonly kind: "given up"; readonly why: string };

/** A notice that could not be delivered: it is tried again, or was given up. */
export interface UntoldNotice {
  /** The alarm's number. */
  readonly alarm: number;
  readonly event: AlarmEvent;
  readonly target: string;
  readonly attempts: number;
  readonly isGivenUp: boolean;
  /** Of the last try; null where the process has ended amid it. */
  readonly why: string | null;
}

export interface NoticesLedger {
  /** Takes notices of the job that are due, the oldest first. One that an alarm is cleared waits for the one that it was raised. */
  takeNotices(bank: BankName, job: string, take: NoticesToTake): Promise<readonly Notice[]>;
  /** When the next notice of the job is due; null when none is left. */
  findNextDue(bank: BankName, job: string): Promise<number | null>;
  /** Of the job, those that were tried more than once or given up, of alarms that are open or were until then; the latest first. */
  listUntold(bank: BankName, job: string, sinceMs: number, limit: number): Promise<readonly UntoldNotice[]>;
  /** It is delivered, or given up for that reason: nobody takes it again. */
  endNotice(notice: Notice, end: NoticeEnd, atMs: number): Promise<void>;
  /** Nobody takes it before then, for that reason. Nothing when another process has taken it meanwhile. */
  putOffNotice(notice: Notice, untilMs: number, why: string): Promise<void>;
}

export interface AlarmsLedger extends NoticesLedger {
  /** False when it was open already: it stays as it is, and nobody is told again, but perhaps sooner. */
  raise(bank: BankName, alarm: NewAlarm, telling: Telling, atMs: number): Promise<boolean>;
  /** Resolves with those that were open, as they are now. Whoever was told that it was raised is told that it is cleared. */
  clear(bank: BankName, which: AlarmsToClear, atMs: number): Promise<readonly Alarm[]>;
  /** Clears the alarm of that number as a person's decision. Undefined when none such is open. */
  acknowledge(no: number, acknowledgement: Acknowledgement, atMs: number): Promise<Alarm | undefined>;
  /** In the order in which they were raised, those after number `after`. */
  list(wanted: AlarmsWanted, after: number, limit: number): Promise<readonly Alarm[]>;
  /** Of the alarms that are open. */
  countOpen(bank: BankName): Promise<readonly AlarmCount[]>;
}
