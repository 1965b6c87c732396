/**
 * Builds the RunContext of a job from the real parts: ledger, bank, stores, clock and ids. What only a bank or a bucket needs is
 * loaded with it, since that takes longer than the rest.
 */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { systemClock } from "../clock.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Job } from "../job.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Log } from "../log.ts";
import type { Meter } from "../monitor/meter.ts";
import type { Progress } from "../report/progress.ts";
import type { RunContext } from "../run/context.ts";
import { bankSettings } from "../run/start/bank-settings.ts";
import { chooseBank } from "../run/start/choose-bank.ts";
import { openFolderStore } from "../store/folder-store.ts";
import type { ChunkQueue } from "../workers/chunk-queue.ts";
import { readActor } from "./actor.ts";
import { type Environment, readEnvironment, readSecrets } from "./environment.ts";
import type { LoadedJob } from "./load-job.ts";
import { tieoutVersion } from "./tieout-version.ts";

export interface ContextParts {
  readonly loaded: LoadedJob;
  readonly ledger: Ledger;
  readonly log: Log;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Counts calls, where anybody is to see them. */
  readonly meter?: Meter | null;
  /** See RunContext. */
  readonly onAlarm?: () => void;
  /** Where others may work on the same runs. */
  readonly queue?: () => Promise<ChunkQueue>;
}

/**
 * `work` is the folder for working copies. Throws FatalError `env_missing` when the environment does not give the bank and its credentials;
 * else as `openContextAt` does.
 */
export function openContext(parts: ContextParts, work: string): Promise<RunContext> {
  return openContextAt(readEnvironment(process.env), parts, work);
}

/** The same for the given bank. Throws FatalError `bank_unnamed` and `program_unclear`. */
export async function openContextAt(bank: Environment, parts: ContextParts, work: string): Promise<RunContext> {
  const { loaded, log, ledger, meter } = parts;
  const { apiUrl, clientId } = bank;
  const program = programOf(bank, loaded.job);
  // All that works at a bank or may be logged, before the first row: a version of Tieout that is installed meanwhile is never mixed in.
  const [{ openBank }, { readNetwork }] = await Promise.all([
    import("../bank/open-bank.ts"),
    import("./read-network.ts"),
    import("../run/plan/plan-phase.ts"),
    import("../run/apply/apply-phase.ts"),
    import("../run/plan/find-range.ts"),
    import("../run/plan/plan-range.ts"),
    import("../run/apply/apply-range.ts"),
    import("./output/open-winston.ts"),
  ]);
  const bankName = chooseBank(await ledger.banks.list(apiUrl), { apiUrl, clientId, program });
  const shared = ledger.pace?.of(bankName);
  const offline = openOfflineContext(parts, work);
  const reached = { ...bank, network: readNetwork(process.env, apiUrl) };
  return {
    ...offline,
    ...(await openSpread(parts, offline.owner)),
    bankName,
    isSteered: true,
    client: { id: clientId, isNamed: program !== undefined },
    openBank(kind, ownIds) {
      const opened = openBank(bankSettings(loaded.job, reached, kind, ownIds), {
        clock: systemClock,
        random: Math.random,
        secrets: readSecrets(process.env),
        ...(shared !== undefined && { shared }),
        onPaceChange: (change) => log.warn("the pace of calls has changed", { ...change }),
        onBreakerChange: ({ lacksToken, ...change }) =>
          log.warn(BREAKER_SAYS[lacksToken ? "tokenless" : change.state], { ...change }),
        ...(meter && { onCall: meter.onCall }),
      });
      return meter?.watch(opened) ?? opened;
    },
  };
}

/** Cuts the run's work into chunks, where there is a queue for them. */
async function openSpread({ ledger, queue }: ContextParts, owner: string): Promise<Pick<RunContext, "spread">> {
  if (ledger.chunks === null || queue === undefined) return {};
  const { spreadOverWorkers } = await import("../workers/spread-over-workers.ts");
  return { spread: spreadOverWorkers({ queue, owner, version: tieoutVersion() }) };
}

/** The credentials belong to one program: a job of another program would write to the wrong bank. */
function programOf({ program }: Environment, job: Job): string | undefined {
  if (program === undefined || job.program === undefined || program === job.program) return job.program ?? program;
  throw new FatalError(
    "program_unclear",
    `job ${job.name} is of the program ${job.program}, and LEAD_PROGRAM is ${program}`,
    {
      hint: `give it the credentials and the LEAD_PROGRAM of ${job.program}, or correct program in the job`,
    },
  );
}

const BREAKER_SAYS = {
  open: "every call to the bank fails; calls wait, and one call tests the bank from time to time",
  tokenless: "the bank gives no token; calls wait, and one asks for it from time to time",
  closed: "the bank answers again",
} as const;

/** Without a bank, for a command that does not call it. */
export function openOfflineContext(
  { loaded, queue: _, meter: _meter, ...parts }: ContextParts,
  work: string,
): RunContext {
  return {
    ...parts,
    job: loaded.job,
    jobPath: loaded.path,
    jobMark: loaded.mark,
    bankName: { apiUrl: "", program: "" },
    clock: { ...systemClock, nowMs: () => parts.ledger.nowMs() },
    random: Math.random,
    newRunId: () => newRunId(systemClock.nowMs()),
    workFolder: work,
    openBank: () => {
      throw new FatalError("internal", "the bank was called in a command that does not use it", {
        hint: "send this line to the Tieout maintainers",
      });
    },
    async openStore(place) {
      if (place.kind === "folder") return openFolderStore(place);
      const [{ openS3Store }, { findProxy }] = await Promise.all([
        import("../store/s3-store.ts"),
        import("./read-network.ts"),
      ]);
      return openS3Store({ ...place, connection: { findProxy } });
    },
    actor: readActor(),
    // In containers, two processes may share host name and pid.
    owner: `${hostname()} pid ${process.pid} ${randomBytes(2).toString("hex")}`,
  };
}

/** Sorts by time, is short enough to type, and is different for each start. */
function newRunId(nowMs: number): string {
  const time = new Date(nowMs).toISOString().replace(/[-:]/g, "").slice(0, 15).toLowerCase().replace("t", "-");
  return `${time}-${randomBytes(3).toString("hex")}`;
}
