/**
 * The commands that go on until they are told to stop: schedule, sandbox. Flags in, exit code out.
 */
import { readFile } from "node:fs/promises";
import { EXIT, type ExitCode } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import { placeOf } from "../errors/frames.ts";
import { createOnTick } from "../schedule/on-tick.ts";
import { runSchedule } from "../schedule/run-schedule.ts";
import { describeStruck, readFaultFile } from "./fault-file.ts";
import { loadJobs } from "./load-job.ts";
import { openContext } from "./open-context.ts";
import { startLoaded } from "./run-commands.ts";
import type { Session } from "./session.ts";

export async function scheduleCommand(session: Session, names: readonly string[]): Promise<ExitCode> {
  const loaded = (await loadJobs(names)).filter(({ job }) => job.schedule !== undefined);
  if (loaded.length === 0) {
    throw new FatalError("job_invalid", "no job has a schedule", {
      hint: "give schedule: { cron, zone } in a job file",
    });
  }
  const { log, progress, signal } = session;
  const ledger = await session.ledger();
  const contexts = new Map(
    loaded.map((one) => [one.job.name, openContext({ loaded: one, ledger, log, progress, signal })]),
  );
  const onTick = createOnTick(async ({ name }) => {
    const context = contexts.get(name);
    if (context) await startLoaded(session, context, { kind: "run", file: null, from: null, limit: null, again: null });
  });
  for (const { job } of loaded)
    log.info("scheduled", { job: job.name, cron: job.schedule?.cron, zone: job.schedule?.zone });
  const jobs = loaded.map(({ job }) => job);
  await runSchedule(
    jobs,
    async (job) => {
      try {
        if ((await onTick(job, Date.now())) === "busy")
          log.info("the job is still under way, so this tick is passed over", { job: job.name });
      } catch (error) {
        if (error instanceof FatalError) {
          log.error(error.message, { job: job.name, code: error.code, next: error.hint });
        } else log.error("a bug ended this tick", { job: job.name, code: "internal", error: placeOf(error) });
      }
    },
    signal,
  );
  return EXIT.done;
}

export interface SandboxFlags {
  readonly port?: string;
  readonly state?: string;
  readonly seed?: string;
  readonly faults?: string;
}

const SANDBOX_SECRET = "sandbox-secret";

/** Serves until it is told to stop. */
export async function sandboxCommand(
  session: Session,
  { port, state, seed, ...flags }: SandboxFlags,
): Promise<ExitCode> {
  const { startSandbox } = await import("../sandbox/start-sandbox.ts");
  const { parseSeed, SeedError } = await import("../sandbox/seed.ts");
  const number = Number(port ?? 0);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) {
    throw new FatalError("usage", `--port ${port} is not a port`, { hint: "give a number from 0 to 65535" });
  }
  const unreadable = (why: string) =>
    new FatalError("usage", `the seed cannot be used: ${why}`, { hint: "see samples/seed.json" });
  const text =
    seed === undefined
      ? null
      : await readFile(seed, "utf8").catch((error: Error) => Promise.reject(unreadable(error.message)));
  const parse = () => {
    try {
      return text === null ? {} : { seed: parseSeed(text, seed ?? "") };
    } catch (error) {
      throw error instanceof SeedError ? unreadable(error.message) : error;
    }
  };
  const faults = await readFaultFile(flags.faults);
  // Fixed unless set, so that a sandbox on the same port is the same bank to the ledger after a restart.
  const clientId = process.env.LEAD_CLIENT_ID || "sandbox-client";
  const clientSecret = process.env.LEAD_CLIENT_SECRET || SANDBOX_SECRET;
  await using bank = await startSandbox({
    port: number,
    clientId,
    clientSecret,
    ...(state !== undefined && { state }),
    ...parse(),
    faults,
  });
  // A secret of the operator's own is not shown.
  const secret = clientSecret === SANDBOX_SECRET ? clientSecret : "… (as it is set here)";
  const exports = `export LEAD_API_URL=${bank.url} LEAD_CLIENT_ID=${bank.clientId} LEAD_CLIENT_SECRET=${secret}`;
  session.say(
    { event: "listening", url: bank.url, clientId: bank.clientId },
    `sandbox at ${bank.url}; in another shell:\n  ${exports}`,
  );
  if (!session.signal.aborted)
    await new Promise((resolve) => session.signal.addEventListener("abort", resolve, { once: true }));
  if (faults.length > 0) session.say({ event: "faults", struck: bank.struck }, describeStruck(bank.struck));
  return EXIT.done;
}
