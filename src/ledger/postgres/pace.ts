/**
 * The pace and the breaker that all clients of a bank share: one row of the table `pace` for each bank, changed by one statement at a time, by
 * the server's clock. `next` is where the line of slots ends, `share` what is left of each job's own pace, `changed` when the pace last rose, or
 * when the pause ends that it was lowered with. The breaker is open while `open_until` is set; `probe_until` is for whoever probes.
 *
 * Each statement is a transaction of its own beside those of the writer. Reservations do not wait for the disk: what a crash of the server
 * could undo of them is long over when it is up again.
 */
import { RISE_EVERY_MS, SLOWEST_PER_SECOND } from "../../bank/transport/pace.ts";
import type { ProbeTurn, Reserved, SharedLimits, SharedState } from "../../bank/transport/shared-limits.ts";
import type { PaceLedger } from "../pace.ts";
import type { BankName } from "../run.ts";
import { internal } from "../sql/errors.ts";
import type { PgValue, PostgresDatabase } from "./database.ts";
import { type Listener, notify } from "./listener.ts";
import type { PostgresStore } from "./store.ts";

const CHANNEL = "pace";
/** However often it is halved, it has risen again in little more than a minute and a half. */
const LEAST_SHARE = 0.001;
/** Whoever may not probe looks again no sooner. */
const LEAST_WAIT_MS = 50;

const ms = (interval: string) => `(extract(epoch FROM ${interval}) * 1000)::float8`;
const inMs = (value: string) => `${value}::float8 * interval '1 millisecond'`;
const leftMs = (until: string) => `greatest(0, ${ms(`${until} - clock_timestamp()`)})`;

const STATE = `epoch, share::float8 AS share, slowed AS "slowedInARow", ${leftMs("changed")} AS "pauseMs",
  CASE WHEN open_until IS NOT NULL THEN ${leftMs("greatest(open_until, probe_until)")} END AS "probeInMs"`;

const OPEN = "INSERT INTO pace (bank) VALUES ($1) ON CONFLICT DO NOTHING";
const LOOK = `SELECT ${STATE} FROM pace WHERE bank = $1`;

/** Whoever comes first after that time lets the pace rise. `now()` is the same moment throughout a statement. */
const RISES = `share < 1 AND changed <= now() - interval '${RISE_EVERY_MS} milliseconds'`;
const RISEN = `CASE WHEN ${RISES} THEN least(1, share + 0.1) ELSE share END`;
/** How much of the line is taken by so many calls of a job with the pace $3. */
const taken = (slots: string, share: string) =>
  `${slots}::float8 / greatest(least(${SLOWEST_PER_SECOND}, $3::float8), $3::float8 * (${share})::float8) * interval '1 second'`;

/** The line begins where it ends, but no earlier than a burst ($4) ago: what nobody has reserved is not saved up. */
const RESERVE = `UPDATE pace SET
  next = greatest(next, clock_timestamp() - ${taken("($4::float8 - 1)", RISEN)}) + ${taken("$2", RISEN)}, share = ${RISEN},
  slowed = CASE WHEN ${RISES} THEN 0 ELSE slowed END, changed = CASE WHEN ${RISES} THEN now() ELSE changed END
  WHERE bank = $1
  RETURNING ${STATE}, ${ms(`next - ${taken("$2", "share")} - clock_timestamp()`)} AS "dueInMs", ${ms(taken("1", "share"))} AS "stepMs",
    set_config('synchronous_commit', 'off', true)`;

/** A change that all hear of. */
const change = (
  set: string,
  where: string,
) => `WITH now_so AS (UPDATE pace SET ${set} WHERE bank = $1 AND ${where} RETURNING *),
  state AS (SELECT ${STATE} FROM now_so)
  SELECT state.*, ${notify(CHANNEL, "$1::text || ' ' || row_to_json(state)::text")} FROM state`;

/** What is reserved behind the pause is dropped by those who hold it, and the line goes on behind whichever ends later. */
const SLOW = change(
  `epoch = epoch + 1, share = greatest(share / 2, ${LEAST_SHARE}), slowed = slowed + 1,
  changed = clock_timestamp() + ${inMs("$3")}, next = greatest(next, clock_timestamp() + ${inMs("$3")})`,
  "epoch = $2",
);
const OPEN_BREAKER = change(
  `epoch = epoch + 1, open_until = clock_timestamp() + ${inMs("$2")}, probe_until = NULL,
  failed_probes = CASE WHEN open_until IS NULL THEN 0 ELSE failed_probes + 1 END`,
  "(open_until IS NULL OR $3)",
);
const CLOSE_BREAKER = change(
  "epoch = epoch + 1, open_until = NULL, probe_until = NULL, failed_probes = 0",
  "open_until IS NOT NULL",
);
const PROBE = `UPDATE pace SET probe_until = clock_timestamp() + ${inMs("$2")}
  WHERE bank = $1 AND greatest(open_until, probe_until) <= clock_timestamp() RETURNING failed_probes AS "failedProbes"`;

export function postgresPace(store: PostgresStore, db: PostgresDatabase, listener: Listener): PaceLedger {
  return { of: (bank) => limitsOf(bank, store, db, listener) };
}

function limitsOf(bank: BankName, store: PostgresStore, db: PostgresDatabase, listener: Listener): SharedLimits {
  const open = async () => {
    const no = (await store.findBank(bank)) ?? (await store.write((sql) => store.openBank(sql, bank)));
    await db.run(OPEN, no);
    return no;
  };
  let opened: Promise<number> | undefined;
  const number = () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  const one = async <Shape extends object>(sql: string, ...values: readonly PgValue[]) =>
    db.once<Shape>(sql, await number(), ...values);
  const look = async () => {
    const state = await one<SharedState>(LOOK);
    if (state === undefined) throw internal(`the ledger ${db.name} has lost the pace of a bank`);
    return state;
  };
  const changed = async (sql: string, ...values: readonly PgValue[]) =>
    (await one<SharedState>(sql, ...values)) ?? (await look());
  return {
    async reserve(slots, { requestsPerSecond, burst }) {
      const reserved = await one<Reserved>(RESERVE, slots, requestsPerSecond, burst);
      if (reserved === undefined) throw internal(`the ledger ${db.name} has lost the pace of a bank`);
      return reserved;
    },
    slow: (epoch, waitMs) => changed(SLOW, epoch, waitMs),
    open: (probeInMs, isProbe) => changed(OPEN_BREAKER, probeInMs, isProbe),
    async probe(forMs): Promise<ProbeTurn> {
      const turn = await one<{ failedProbes: number }>(PROBE, forMs);
      if (turn !== undefined) return { kind: "probe", ...turn };
      const { probeInMs } = await look();
      return probeInMs === null ? { kind: "closed" } : { kind: "wait", waitMs: Math.max(LEAST_WAIT_MS, probeInMs) };
    },
    close: () => changed(CLOSE_BREAKER),
    listen(act) {
      let isOver = false;
      const listening = listener.listen(CHANNEL, async (payload) => {
        const [of = "", state = ""] = payload.split(/ (.*)/);
        // What was missed is seen by looking.
        const heard = await (payload === ""
          ? look()
          : number().then((no) => (of === String(no) ? JSON.parse(state) : null))
        ).catch(() => null);
        if (heard !== null && !isOver) act(heard as SharedState);
      });
      return {
        [Symbol.dispose]() {
          isOver = true;
          listening[Symbol.dispose]();
        },
      };
    },
  };
}
