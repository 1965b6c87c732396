/**
 * Tells the targets of a job's alarms: at the end of a command, or for as long as a process lasts.
 */
import { type DeliveringOutside, deliverAtEnd, deliverNotices, sayTrouble } from "../alarm/deliver-notices.ts";
import { Outbox } from "../alarm/outbox.ts";
import { systemClock } from "../clock.ts";
import type { RunContext } from "../run/context.ts";
import { fetchByProxy } from "./fetch-by-proxy.ts";
import type { LoadedJob } from "./load-job.ts";
import { openContext } from "./open-context.ts";
import { asTyped } from "./output/as-typed.ts";
import { pipeToCommand } from "./pipe-to-command.ts";
import type { Session } from "./session.ts";

export const tellingOutside = (): DeliveringOutside => ({
  variables: process.env,
  pipeTo: pipeToCommand,
  fetch: fetchByProxy,
  typed: asTyped,
});

export function tell(context: RunContext): Promise<void> {
  return deliverAtEnd(context, tellingOutside());
}

/** Begins to tell the targets of these jobs until the signal aborts; nothing for a job that names none. */
export function openOutboxes(session: Session, loaded: readonly LoadedJob[], signal: AbortSignal) {
  const { log, progress } = session;
  const outboxes = new Map<string, Outbox>();
  const telling = loaded.map(async (one) => {
    if (one.job.notify.length === 0) return;
    const outbox = new Outbox();
    outboxes.set(one.job.name, outbox);
    // With a ledger of its own, which is open no longer than it takes.
    const deliver = async () => {
      await using ledger = await session.openLedger();
      const context = await openContext({ loaded: one, ledger, log, progress, signal }, session.workFolder());
      return await deliverNotices(context, tellingOutside(), signal);
    };
    const onTrouble = (error: unknown) => sayTrouble({ job: one.job, log }, error);
    await outbox.keepTelling(deliver, onTrouble, systemClock, signal);
  });
  return {
    /** To be called when alarms of the job were raised or cleared. */
    onAlarmOf: (job: string) => () => outboxes.get(job)?.wake(),
    /** Resolves once the signal has aborted, and nobody is being told. */
    ended: Promise.all(telling),
  };
}
