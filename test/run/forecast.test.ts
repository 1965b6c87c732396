/**
 * Forecasts against what came of them: whole runs in virtual time, with banks that answer evenly, in two speeds, and with a
 * long tail, and with a pace that is the narrowest place.
 */
import { expect } from "chai";
import { assembleBank } from "../../src/bank/open-bank.ts";
import type { BankRequest } from "../../src/bank/transport.ts";
import { defineJob, type JobInput } from "../../src/job.ts";
import type { Forecast } from "../../src/report/forecast.ts";
import type { RunView } from "../../src/report/progress.ts";
import { bankSettings } from "../../src/run/start/bank-settings.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import { renderAnswer } from "../../src/sandbox/answer.ts";
import { seedAccount, seedEntity } from "../../src/sandbox/state/seed.ts";
import { ACTOR } from "../ledger/builders.ts";
import { Bank, CREDENTIALS } from "../recovery/simulation/bank.ts";
import { Figures } from "../recovery/simulation/figures.ts";
import { Life } from "../recovery/simulation/life.ts";
import { Workshop } from "../recovery/simulation/machine.ts";
import { Random } from "../recovery/simulation/random.ts";
import { MemoryStore } from "../recovery/simulation/stores.ts";
import { World } from "../recovery/simulation/world.ts";

const ROWS = 2_000;
/** A quarter, a half and three quarters. */
const LOOKED_AT: readonly number[] = [500, 1_000, 1_500];
const HABITS = {
  lookup: "list",
  lagMs: 0,
  keyHours: 24,
  tokenSeconds: 86_400,
  saysLittle: false,
  skewMs: 0,
} as const;

/** What was said, and when. */
interface Forecasted {
  readonly said: string;
  readonly atMs: number;
  readonly forecast: Forecast;
  readonly share: number;
}

interface Shape {
  readonly what: string;
  readonly job?: Partial<JobInput>;
  readonly latencyMs: (random: Random) => number;
}

const SHAPES: readonly Shape[] = [
  { what: "evenly", latencyMs: () => 120 },
  { what: "in two speeds", latencyMs: (random) => (random.chance(0.8) ? 50 : 400) },
  { what: "with a long tail", latencyMs: (random) => 20 - 100 * Math.log(1 - random.next()) },
  { what: "faster than the pace", job: { requestsPerSecond: 20, burst: 20 }, latencyMs: () => 50 },
  { what: "so slowly that plans grow old", job: { recheckAfterMs: 60_000 }, latencyMs: () => 2_000 },
];

async function runFor({ latencyMs, job: changes }: Shape): Promise<{ forecasts: Forecasted[]; endMs: number }> {
  await using workshop = new Workshop();
  await using machine = await workshop.openMachine();
  const world = new World();
  const life = new Life("forecast", world, null, () => {});
  const random = new Random(7, "latency");
  const bank = new Bank(world, HABITS, new Figures());
  const entity = seedEntity({ id: "entity_ann" }, world.nowMs());
  bank.state.entities.set(entity.id, entity);
  const ids = Array.from({ length: ROWS }, (_, n) => `account_${n}`);
  for (const id of ids) {
    const relationships = { account_holder: [entity.id] };
    const seed = { id, client_account_id: `c_${id}`, relationships };
    bank.state.accounts.set(id, seedAccount(seed, new Map([[entity.id, entity]]), world.nowMs()));
  }
  const forecasts: Forecasted[] = [];
  let look: (() => RunView) | undefined;
  let endMs = 0;
  const lookNow = () => {
    const view = look?.();
    for (const mark of LOOKED_AT) {
      const said = `${view?.stage} ${mark}`;
      const isDue = view !== undefined && view.done >= mark && ["plan", "apply"].includes(view.stage);
      if (!isDue || forecasts.some((one) => one.said === said)) continue;
      forecasts.push({ said, atMs: world.elapsedMs, forecast: view.forecast as Forecast, share: view.share ?? -1 });
    }
  };
  const send = async (request: BankRequest) => {
    lookNow();
    const received = bank.receive(request);
    await world.pass(latencyMs(random));
    const answer = typeof received === "function" ? received() : received;
    return { kind: "response", status: answer.status, body: renderAnswer(answer, request.path) } as const;
  };
  const job = defineJob({
    name: "forecast",
    source: { bucket: "in" },
    results: { bucket: "out" },
    requestsPerSecond: 10_000,
    burst: 10,
    ...changes,
  });
  const source = new MemoryStore("in");
  source.files.set(
    "file.csv",
    Buffer.from(["account_id,product_name", ...ids.map((id) => `${id},New`), ""].join("\n")),
  );
  const results = new MemoryStore("out");
  const running = startJob(
    {
      job,
      jobPath: "forecast.ts",
      bankName: { apiUrl: CREDENTIALS.apiUrl, program: CREDENTIALS.clientId },
      ledger: machine.ledger,
      clock: life.clock,
      random: random.next,
      newRunId: () => "run-1",
      log: { info() {}, warn() {}, error() {} },
      progress: {
        note() {},
        watch(next) {
          look = next;
          if (next().stage === "report") endMs = world.elapsedMs;
        },
        steer() {},
        end() {},
      },
      workFolder: `${machine.folder}/work`,
      openBank: (kind) =>
        assembleBank({ send, skewMs: () => 0, close: async () => {} }, bankSettings(job, CREDENTIALS, kind), {
          clock: life.clock,
          random: random.next,
        }),
      openStore: async (place) => ("bucket" in place && place.bucket === "in" ? source : results).open(life),
      actor: ACTOR,
      owner: "forecast",
      signal: life.signal,
    },
    { kind: "run", file: null, from: null, limit: null, again: null },
  );
  let isOver = false;
  const over = running.finally(() => {
    isOver = true;
  });
  await world.run(() => isOver);
  await over;
  return { forecasts, endMs };
}

describe("forecasts", () => {
  for (const shape of SHAPES) {
    it(`of the whole run are within 15 % of what comes, from a bank that answers ${shape.what}`, async () => {
      const { forecasts, endMs } = await runFor(shape);
      expect(forecasts.map(({ said }) => said)).to.deep.equal(
        ["plan", "apply"].flatMap((stage) => LOOKED_AT.map((done) => `${stage} ${done}`)),
      );
      const shares = forecasts.map(({ share }) => share);
      expect(shares, "the share only grows").to.deep.equal([...shares].sort());
      for (const { said, atMs, forecast } of forecasts) {
        const came = (endMs - atMs) / 1000;
        expect(forecast.seconds / came, `${said}: ${forecast.seconds} s said, ${came} s came`).to.be.within(0.85, 1.15);
      }
    });
  }
});
