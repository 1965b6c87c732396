/**
 * `--listen`: health and metrics of a process that lasts, for the jobs that it works on.
 */
import { systemClock } from "../clock.ts";
import type { Job } from "../job.ts";
import { lookAtLedger, lookAtOpenRows, lookAtSource } from "../monitor/look-at-ledger.ts";
import { LookOut } from "../monitor/look-out.ts";
import type { Figure, Meter } from "../monitor/meter.ts";
import { parseListen } from "../monitor/parse-listen.ts";
import type { RunContext } from "../run/context.ts";
import type { LoadedJob } from "./load-job.ts";
import { openContext } from "./open-context.ts";
import type { Session } from "./session.ts";
import { tieoutVersion } from "./tieout-version.ts";

/** The ledger is asked no more often, however many ask for metrics. */
const LEDGER_GOOD_MS = 15_000;
/** Walks over open rows, and listings of sources. */
const FURTHER_GOOD_MS = 5 * 60_000;
/** A scrape waits no longer. */
const WAIT_MS = 4_000;

export interface Monitor extends AsyncDisposable {
  readonly meter: Meter;
  /** All is begun: from now on it is ready while the ledger answers. */
  begin(): void;
}

/** Nothing is served without an address. Throws FatalError `usage`. */
export async function openMonitor(
  session: Session,
  loaded: readonly LoadedJob[],
  listen: string | undefined,
  /** When the job is started next, in wall-clock milliseconds. */
  nextStartMs: (job: Job) => number | undefined = () => undefined,
): Promise<Monitor | null> {
  if (listen === undefined) return null;
  // Loaded only where somebody is to see figures.
  const [{ Meter }, { serveMonitor }] = await Promise.all([
    import("../monitor/meter.ts"),
    import("../monitor/serve-monitor.ts"),
  ]);
  const meter = new Meter(tieoutVersion());
  let isBegun = false;
  const lookOuts = openLookOuts(session, loaded);
  const nextStarts = (): Figure[] =>
    loaded.flatMap((one) => {
      const ms = nextStartMs(one.job);
      const labels = { job: one.job.name };
      return ms === undefined
        ? []
        : [{ name: "tieout_next_start_timestamp_seconds" as const, labels, value: ms / 1_000 }];
    });
  const server = await serveMonitor(parseListen(listen), {
    async whyNotReady() {
      if (session.signal.aborted) return "it is stopping";
      if (!isBegun) return "it has not begun yet";
      return (await lookOuts.ledger.ask()) === null ? "the ledger does not answer" : null;
    },
    async metrics() {
      const [ledger, ...further] = await Promise.all([
        lookOuts.ledger.ask(),
        ...lookOuts.further.map((one) => one.ask()),
      ]);
      const up: Figure = { name: "tieout_ledger_up", value: ledger === null ? 0 : 1 };
      meter.setFound([up, ...(ledger ?? []), ...further.flatMap((found) => found ?? []), ...nextStarts()]);
      return { text: await meter.render(), contentType: meter.contentType };
    },
  });
  session.log.info(`health and metrics are at ${server.url}`);
  return {
    meter,
    begin() {
      isBegun = true;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function openLookOuts(session: Session, loaded: readonly LoadedJob[]) {
  const { log, progress, signal } = session;
  const within = async (one: LoadedJob, act: (context: RunContext) => Promise<readonly Figure[]>) => {
    await using ledger = await session.openLedger();
    return await act(await openContext({ loaded: one, ledger, log, progress, signal }, session.workFolder()));
  };
  const settings = { waitMs: WAIT_MS, clock: systemClock };
  const all = async () => {
    await using ledger = await session.openLedger();
    const samples: Figure[] = [{ name: "tieout_ledger_bytes", value: await ledger.sizeBytes() }];
    for (const one of loaded)
      samples.push(
        ...(await lookAtLedger(
          await openContext({ loaded: one, ledger, log, progress, signal }, session.workFolder()),
        )),
      );
    return samples;
  };
  return {
    ledger: new LookOut({ ...settings, look: all, goodForMs: LEDGER_GOOD_MS }),
    further: loaded.flatMap((one) =>
      [lookAtOpenRows, lookAtSource].map(
        (act) => new LookOut({ ...settings, look: () => within(one, act), goodForMs: FURTHER_GOOD_MS }),
      ),
    ),
  };
}
