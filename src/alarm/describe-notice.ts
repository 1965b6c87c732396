/**
 * What a target is told: the JSON that a webhook and a command get, and the text for a chat. Counts, causes and what to type; never a cell, an
 * account's id or a secret. Pure.
 */
import { createHash, createHmac } from "node:crypto";
import { ALARM_MEANINGS } from "../errors/alarm-kinds.ts";
import type { Notice } from "../ledger/alarms.ts";

/** `id` is the same however often an event is told, so that a receiver knows one that it has had. */
export interface ToldEvent {
  readonly format: 1;
  readonly id: string;
  readonly event: "raised" | "cleared" | "trial";
  readonly job: string;
  readonly bank: { readonly apiUrl: string; readonly program: string };
  readonly kind: string;
  readonly means: string;
  readonly code: string;
  readonly message: string;
  readonly since: string;
  readonly cleared: string | null;
  readonly run: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly causes: Readonly<Record<string, number>>;
  readonly next: string;
}

/** `typed` makes of a command what is typed here. */
export function describeNotice({ alarm, event }: Notice, typed = (command: string) => command): ToldEvent {
  const { no, bank, job, kind, subject, code, message, sinceMs, clearedAtMs, run, counts, causes, next } = alarm;
  const name = JSON.stringify([bank.apiUrl, bank.program, job, kind, subject, sinceMs, no, event]);
  return {
    format: 1,
    id: createHash("sha256").update(name).digest("hex").slice(0, 32),
    event,
    job,
    bank,
    kind,
    means: ALARM_MEANINGS[kind],
    code,
    message,
    since: new Date(sinceMs).toISOString(),
    // An alarm may be cleared by the time that its beginning is told.
    cleared: event === "raised" || clearedAtMs === null ? null : new Date(clearedAtMs).toISOString(),
    run,
    counts,
    causes,
    next: typed(next),
  };
}

/** In Slack's own markup three characters have a meaning. */
export function slackText({ event, job, kind, message, since, next }: ToldEvent): string {
  const texts = {
    raised: `${job}: ${kind}. ${message}\nnext: ${next}`,
    cleared: `${job}: ${kind} is over, since ${since}. ${message}`,
    trial: `${job}: ${message}`,
  };
  const text = texts[event];
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The header that proves who has sent the body, and when: HMAC-SHA256 of `<seconds>.<body>`. */
export function signatureOf(body: string, secret: string, atMs: number): string {
  const seconds = Math.floor(atMs / 1_000);
  return `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
}
