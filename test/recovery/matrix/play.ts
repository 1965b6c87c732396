/**
 * Plays one file under one disturbance: starts of the job one after another in virtual time, on one ledger and one bank,
 * until its run has ended; then tells what became of rows and bank in a form that two plays can be compared by.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assembleBank } from "../../../src/bank/open-bank.ts";
import type { HttpTransport } from "../../../src/bank/transport/http-transport.ts";
import { openHttpTransport } from "../../../src/bank/transport/http-transport.ts";
import type { BankReply, BankRequest } from "../../../src/bank/transport.ts";
import type { Summary } from "../../../src/report/summary.ts";
import type { RunContext } from "../../../src/run/context.ts";
import { bankSettings } from "../../../src/run/start/bank-settings.ts";
import { type StartOptions, startJob } from "../../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { ACTOR } from "../../ledger/builders.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { openDesk, readResults } from "../../support/scenario.ts";
import type { Case } from "./cases.ts";
import { type Cut, Mortal } from "./mortal.ts";
import { playNightsBefore, putSnapshot } from "./nights-before.ts";

/** What is done to a play. `arrange` is called once the bank stands. */
export interface Disturbance {
  readonly cuts?: readonly Cut[];
  /** So short that silence costs a test little; long enough for everything else when not given. */
  readonly callTimeoutMs?: number;
  /** More than any other disturbance needs when not given. */
  readonly attempts?: number;
  readonly arrange?: (bank: Sandbox, clock: FakeClock) => void;
  /** What comes of an answer on its way back; the bank has done what was asked. */
  readonly alter?: (reply: BankReply, request: BankRequest) => BankReply;
}

export interface Played {
  /** Word, codes and operations of every row, in order. */
  readonly rows: readonly string[];
  /** What the bank holds, and every effect, without what is drawn at random or tells the time. */
  readonly bank: readonly string[];
  readonly effects: readonly string[];
  /** Steps of the first start. */
  readonly steps: number;
  readonly deaths: number;
  /** The exit code of each start that came to an end. */
  readonly exits: readonly number[];
  readonly writes: number;
  readonly bankCalls: number;
}

/** More than any disturbance needs. */
const MOST_STARTS = 8;
/** A dead process's lease ends after a minute. */
const LATER_MS = 120_000;
const HOUR_MS = 3_600_000;

const START: StartOptions = { kind: "run", file: null, from: null, limit: null, again: null };

export async function play(
  { seed, csv, job, lookup, before, nightBefore }: Case,
  disturbance: Disturbance = {},
): Promise<Played> {
  // After every effective_at of the cases' rows.
  const clock = new FakeClock(Date.UTC(2026, 0, 15, 12));
  const now = () => clock.nowMs();
  await using bank = await startSandbox({ seed, now, ...(lookup !== undefined && { lookup }) });
  await using desk = await openDesk({ durable: false });
  const base = desk.context(bank, {
    ...job,
    callTimeoutMs: disturbance.callTimeoutMs ?? 30_000,
    attempts: disturbance.attempts ?? 20,
    rowTimeoutMs: 10 * HOUR_MS,
    runTimeoutMs: 1_000_000 * HOUR_MS,
    requestsPerSecond: 10_000,
    burst: 10_000,
  });
  const network = { inFlight: 0 };
  if (before !== undefined) {
    const unhurt = new Mortal(null);
    const nights = playNightsBefore(live(base, bank, clock, unhurt, network, -1), desk.folder, before);
    await drive(clock, nights, unhurt, () => network.inFlight > 0 || desk.clock.isAtWork);
    await nights;
    await putSnapshot(desk.folder, csv, before.length + 1, clock.nowMs());
  }
  if (nightBefore !== undefined) {
    const unhurt = new Mortal(null);
    const earlier = join(desk.folder, "before.csv");
    await writeFile(earlier, nightBefore.csv);
    const night = startJob(live(base, bank, clock, unhurt, network, -1), { ...START, file: earlier });
    await drive(clock, night, unhurt, () => network.inFlight > 0 || desk.clock.isAtWork);
    await night;
    nightBefore.after?.(bank);
  }
  const known = await desk.ledger.runs.list(100);
  const written = { calls: bank.requests.length, writes: bank.writes.length, effects: bank.effects.length };
  disturbance.arrange?.(bank, clock);
  const file = before === undefined ? join(desk.folder, "file.csv") : null;
  if (file !== null) await writeFile(file, csv);
  let first: Mortal | undefined;
  let deaths = 0;
  const exits: number[] = [];
  for (let start = 0; start < MOST_STARTS; start++) {
    const mortal = new Mortal(disturbance.cuts?.[start] ?? null);
    first ??= mortal;
    const context = live(base, bank, clock, mortal, network, start, disturbance.alter);
    // Its id chooses what is fetched all the same.
    const named = nightBefore === undefined ? context : { ...context, newRunId: () => "second-night" };
    const ended = startJob(named, { ...START, file });
    await drive(clock, ended, mortal, () => network.inFlight > 0 || desk.clock.isAtWork);
    if (mortal.isDead) {
      deaths += 1;
      await clock.advance(LATER_MS);
      continue;
    }
    for (const end of await ended) if (end.kind === "reported") exits.push(end.summary.exit);
    const run = await desk.ledger.runs.find("last");
    if (run?.summary && (JSON.parse(run.summary) as Summary).final) break;
  }
  // Whatever was still travelling arrives after all.
  await bank.landLate();
  const runs = (await desk.ledger.runs.list(100)).slice(0, -known.length || undefined).toReversed();
  const rows: Readonly<Record<string, string>>[] = [];
  for (const run of runs) {
    const summary = JSON.parse(run.summary ?? "{}") as Summary;
    if (!summary.final) throw new Error(`the run has not ended: ${JSON.stringify(summary)}`);
    rows.push(...(await readResults(summary.results)));
  }
  return {
    rows: rows.map((row) => `${row.result_row} ${row.result} [${row.result_code}] ${row.result_operations}`),
    bank: [...bank.accounts.values()].map((account) => steady(account)).sort(),
    effects: bank.effects
      .slice(written.effects)
      .map(({ kind, accountId }) => `${kind} ${nameOf(bank, accountId)}`)
      .sort(),
    steps: first?.steps ?? 0,
    deaths,
    exits,
    writes: bank.writes.length - written.writes,
    bankCalls: bank.requests.slice(written.calls).filter(({ path }) => path.startsWith("/v0/")).length,
  };
}

function live(
  base: RunContext,
  bank: Sandbox,
  clock: FakeClock,
  mortal: Mortal,
  network: { inFlight: number },
  start: number,
  alter: Disturbance["alter"] = (reply) => reply,
): RunContext {
  const { url: apiUrl, clientId } = bank;
  const own = mortal.clock(clock);
  let runs = 0;
  return {
    ...base,
    clock: own,
    random: () => 0.5,
    ledger: mortal.ledger(base.ledger),
    actor: ACTOR,
    owner: `start ${start}`,
    newRunId: () => `run-${start}-${++runs}`,
    openBank: (kind, ownIds) => {
      const settings = bankSettings(base.job, { apiUrl, clientId, clientSecret: bank.clientSecret }, kind, ownIds);
      const { callTimeoutMs, caps } = settings;
      const http = openHttpTransport({ apiUrl, connections: caps.reads + caps.writes, callTimeoutMs }, own);
      const counted: HttpTransport = {
        send: (request) =>
          mortal.step(async () => {
            network.inFlight += 1;
            try {
              return alter(await http.send(request), request);
            } finally {
              network.inFlight -= 1;
            }
          }),
        // Both clocks are one.
        skewMs: () => 0,
        close: () => http.close(0),
      };
      return assembleBank(counted, settings, { clock: own, random: () => 0.5 });
    },
  };
}

/** Lets time pass whenever nothing is under way, until the start has ended or its process is dead. */
async function drive(
  clock: FakeClock,
  ended: Promise<unknown>,
  mortal: Mortal,
  isAtWork: () => boolean,
): Promise<void> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  ended.then(over, over);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    // What a dead process has sent is still to arrive, at the bank or in a database.
    if (isAtWork()) continue;
    if (isOver || mortal.isDead) return;
    // Before its answer a process may have nothing else to wait for than the end of its run's time.
    if (mortal.isWaiting) continue;
    const waitMs = clock.nextInMs;
    if (waitMs !== undefined) await clock.advance(waitMs);
  }
}

function nameOf(bank: Sandbox, id: string): string {
  return bank.accounts.get(id)?.client_account_id ?? id;
}

function steady(account: object): string {
  const {
    id,
    created_at: _,
    updated_at: __,
    details,
    ...rest
  } = account as {
    id: string;
    created_at: unknown;
    updated_at: unknown;
    client_account_id?: string;
    details?: Readonly<Record<string, unknown>>;
  };
  const { closed_at, ...still } = details ?? {};
  const own = rest.client_account_id === undefined ? { id } : {};
  return JSON.stringify({ ...own, ...rest, details: still, isClosed: closed_at !== undefined });
}
