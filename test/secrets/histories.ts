/**
 * What is done to the command with canaries in its hands: every command, every way a run ends, every way the bank, S3 or
 * our own code fails. Each history says with which exit codes its commands end, so that it is known to have happened.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CLIENT_SECRET, FILES, MOVED, MOVED_PRODUCT, PG_SECRET } from "./canaries.ts";
import { commands, type History, RUN } from "./commands.ts";
import { MORNING } from "./morning.ts";
import type { Stage, StageOptions } from "./stage.ts";

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A bank that echoes all that it was sent, in answer to these requests. */
const echoing = (
  name: string,
  code: number,
  order: NonNullable<StageOptions["orders"]>[number],
  job = "attempts: 1",
): History => ({ name, codes: [code, 0], job, orders: [order], act: commands(RUN, ["causes", "last"]) });

const PG = encodeURIComponent(PG_SECRET);
const ledgerAt = (url: string) => ({ TIEOUT_LEDGER: url });

/** Signals what is under way once the bank has seen `effects`; `again` until it ends. */
const signalled =
  (signal: NodeJS.Signals, again: boolean, env: Readonly<Record<string, string>> = {}): History["act"] =>
  async (stage) => {
    using run = stage.start(["run", stage.job], env);
    let isOver = false;
    const ended = run.ended.finally(() => {
      isOver = true;
    });
    await until(() => stage.bank.writes.length > 2 || isOver);
    do {
      run.child.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, 50));
    } while (again && !isOver);
    const end = await ended;
    stage.keep(["run"], end);
    return [end.code];
  };

/** Starts what goes on until it is told to stop, and stops it once it has printed this. */
const servedUntil =
  (stream: "stdout" | "stderr", words: string, ...args: readonly string[]): History["act"] =>
  async (stage) => {
    const given = args.map((arg) => (arg === "JOB" ? stage.job : arg));
    using serving = stage.start(given);
    let printed = "";
    serving.child[stream]?.on("data", (text: string) => {
      printed += text;
      if (printed.includes(words)) serving.child.kill("SIGTERM");
    });
    const ended = await serving.ended;
    stage.keep(given, ended);
    return [ended.code];
  };

async function runFiles(stage: Stage, names: readonly (keyof typeof FILES)[]): Promise<(number | null)[]> {
  const codes: (number | null)[] = [];
  for (const name of names) {
    const path = join(stage.folder, `${name}\u001b[1m\u2028.csv`);
    await writeFile(path, FILES[name]);
    codes.push((await stage.run(["run", stage.job, "--file", path])).code);
  }
  return codes;
}
const THROWER = new URL("throw-on-signal.ts", import.meta.url).href;
/** A pattern of the job file throws, in whose message stands what must not. */
const BUG = `pattern: Object.defineProperty(/x/, "source", { get() { throw new TypeError("CnryBugCell\\n CnryBugCell " + process.env.LEAD_CLIENT_SECRET); } })`;
const buggy = (rest = "") => `source: { folder: "in", ${BUG} } ${rest}`;

export const HISTORIES: readonly History[] = [
  ...MORNING,
  {
    name: "a day from S3, with every command",
    file: "broken",
    job: "precheck: true",
    inBucket: true,
    codes: [3, 3, 0, 3, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 7],
    act: commands(
      ["plan", "JOB", "--output", "json"],
      RUN,
      ["run", "JOB", "--output", "json"],
      ["report", "last"],
      ["runs"],
      ["audit", "--verify"],
      ["audit", "--output", "json"],
      ["explain", "last", "--row", "2"],
      ["explain", "last", "--code", "contradiction"],
      ["history", "account_CnryOnex7"],
      ["undo", "last"],
      ["rerun", "last"],
      ["runs", "--output", "json"],
      ["causes", "last"],
      ["bundle", "last", "--cause", "1@9"],
    ),
  },
  {
    name: "a ledger that is pruned and checked, and a file that cannot be archived",
    file: "broken",
    job: 'retention: { cells: "30d" }, archive: { folder: "/dev/null/old", move: true }',
    codes: [3, 0, 0, 2],
    act: commands(RUN, ["prune", "JOB", "--dry-run"], ["ledger", "check"], ["ledger", "backup", "/"]),
  },
  {
    name: "a plan that is applied",
    file: "broken",
    codes: [3, 3, 2, 3],
    act: commands(
      ["plan", "JOB"],
      ["apply", "last", "--output", "json"],
      ["apply", "last"],
      ["report", "last", "--output", "json"],
    ),
  },
  {
    name: "a plan whose account has moved since",
    codes: [3, 4, 4, 0],
    async act(stage) {
      const codes = await commands(["plan", "JOB"])(stage);
      Object.assign(stage.bank.accounts.get(MOVED)?.details ?? {}, { product_name: MOVED_PRODUCT });
      const after = [
        ["apply", "last"],
        ["report", "last", "--output", "json"],
        ["explain", "last", "--row", "3"],
      ];
      return [...codes, ...(await commands(...after)(stage))];
    },
  },
  {
    name: "a run that is steered, for reasons of all kinds",
    file: "many",
    latencyMs: 150,
    job: "concurrency: { reads: 4, writes: 1 }",
    codes: [0, 2, 2, 0, 0, 0, 6, 0, 0],
    async act(stage) {
      using run = stage.start(["run", stage.job]);
      let isOver = false;
      const ended = run.ended.finally(() => {
        isOver = true;
      });
      await until(() => stage.bank.writes.length > 2 || isOver);
      const codes = await commands(
        ["ctl", "last", "pause", "--reason", "the bank has asked"],
        ["ctl", "last", "pause", "--reason", `the new one is ${CLIENT_SECRET}`],
        ["ctl", "last", "set", `writes=${CLIENT_SECRET}`],
        ["ctl", "last", "set", "requestsPerSecond=5000", "writes=1", "--output", "json"],
        ["ctl", "last", "resume"],
        ["ctl", "last", "stop"],
      )(stage);
      const end = await ended;
      stage.keep(["run"], end);
      return [...codes, end.code, ...(await commands(["audit", "--output", "json"], ["resume"])(stage))];
    },
  },
  { name: "machine-readable", file: "broken", codes: [3], act: commands(["run", "JOB", "--output", "json"]) },
  {
    name: "validation",
    file: "broken",
    codes: [3, 3],
    act: commands(["validate", "JOB"], ["validate", "in/file.csv", "--output", "json"]),
  },
  {
    name: "rejected files",
    job: 'completeness: { trailer: { marker: "END" } }',
    codes: [7, 7, 7, 7, 7],
    act: (stage) => runFiles(stage, ["openQuote", "strayQuote", "noHeader", "badTrailer", "nastyHeader"]),
  },
  {
    name: "files whose total is a cell",
    job: 'completeness: { trailer: { marker: "END", sums: { limit: 3 }, hashTotals: { limit: 4 } } }',
    codes: [7, 7, 0],
    act: (stage) => runFiles(stage, ["noNumber", "otherSum", "sameSum"]),
  },
  {
    name: "a stop, and a resume",
    file: "many",
    latencyMs: 30,
    job: "concurrency: { reads: 4, writes: 1 }",
    codes: [6, 0],
    act: async (stage) => [...(await signalled("SIGTERM", false)(stage)), ...(await commands(["resume"])(stage))],
  },
  { name: "a second signal", file: "many", latencyMs: 2_000, codes: [6], act: signalled("SIGTERM", true) },
  {
    name: "a kill, which leaves the ledger's log",
    file: "many",
    latencyMs: 100,
    codes: [null],
    act: signalled("SIGKILL", false),
  },
  {
    name: "an error that nobody awaits",
    file: "many",
    latencyMs: 100,
    codes: [1],
    act: signalled("SIGUSR2", false, { NODE_OPTIONS: `--import ${THROWER}` }),
  },
  { name: "a bug", job: buggy(), codes: [1], act: commands(RUN) },
  {
    name: "a bug in a tick of the schedule",
    job: buggy(', schedule: { cron: "* * * * * *" }'),
    codes: [0],
    act: servedUntil("stderr", "an internal error ended this start", "schedule", "JOB"),
  },
  echoing("401 for every call", 2, { status: 401, path: /^\/v0\// }),
  echoing("403 for every call", 2, { status: 403, path: /^\/v0\// }),
  echoing("403 for every write", 2, { status: 403, path: /^\/v0\/accounts/, method: "PATCH" }),
  echoing("no token, with the secret in the answer", 2, { status: 400, path: /oauth/, code: "parameters_invalid" }),
  echoing("no token for now", 6, { status: 500, path: /oauth/ }, "attempts: 1, runTimeoutMs: 1000"),
  echoing("a refusal of every write", 3, { status: 422, path: /^\/v0\/accounts/, method: "PATCH" }),
  echoing("a refusal of every create", 3, { status: 400, path: /^\/v0\/accounts$/, method: "POST" }),
  echoing("a key that is contradicted", 1, {
    status: 422,
    path: /^\/v0\/accounts/,
    method: "PATCH",
    code: "idempotency_request_inconsistent",
  }),
  echoing("a key that is rejected", 1, {
    status: 400,
    path: /^\/v0\/accounts/,
    method: "PATCH",
    code: "idempotency_error",
  }),
  echoing("accounts that hold what was sent", 3, { status: 200, path: /^\/v0\/accounts/ }),
  echoing("no account at all", 3, { status: 404, path: /^\/v0\/accounts\/account/ }),
  echoing("a bank that fails", 3, { status: 500, path: /^\/v0\/accounts/, method: "PATCH" }),
  {
    name: "a network that cuts and garbles",
    file: "many",
    codes: [0],
    job: "concurrency: { reads: 4, writes: 4 }",
    async act(stage) {
      const isPatch = ({ method }: { method: string }) => method === "PATCH";
      for (const fault of ["reset", "reset_after", "cut_after", "garbled_after", "429", "500_after", "409"] as const)
        stage.bank.failNext(fault, 1, isPatch);
      return commands(RUN)(stage);
    },
  },
  {
    name: "a bank that is not there, or is badly named",
    job: "attempts: 1, runTimeoutMs: 2000",
    codes: [6, 2, 2, 2],
    act: commands(
      [RUN, { LEAD_API_URL: "http://127.0.0.1:1" }],
      [RUN, { LEAD_API_URL: `http://us:${encodeURIComponent(CLIENT_SECRET)}@127.0.0.1:1` }],
      [RUN, { LEAD_API_URL: `http://127.0.0.1:1/?secret=${encodeURIComponent(CLIENT_SECRET)}` }],
      [RUN, { LEAD_API_URL: CLIENT_SECRET }],
    ),
  },
  {
    name: "S3 that refuses, is not there, or is badly named",
    inBucket: true,
    awsSecret: "another",
    codes: [2, 2, 2],
    act: commands(
      RUN,
      [RUN, { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1" }],
      [RUN, { AWS_ENDPOINT_URL_S3: `ftp://us:${encodeURIComponent(CLIENT_SECRET)}@127.0.0.1:1` }],
    ),
  },
  {
    name: "a ledger in PostgreSQL that is not there, or is badly named",
    codes: [6, 6, 6, 6, 3, 2, 2, 2, 6, 2],
    act: commands(
      [["runs"], ledgerAt(`postgres://us:${PG}@127.0.0.1:1/tieout`)],
      [["runs", "--output", "json"], ledgerAt(`postgres://127.0.0.1:1/tieout?user=us&password=${PG}`)],
      [RUN, ledgerAt(`postgres://us:${PG}@127.0.0.1:1/tieout`)],
      [["schedule", "JOB"], { ...ledgerAt("postgres://us@127.0.0.1:1/tieout"), PGPASSWORD: PG_SECRET }],
      [["validate", "JOB"], ledgerAt(`postgres://us:${PG}@127.0.0.1:1/tieout`)],
      [RUN, ledgerAt(`postgres://us:${PG_SECRET}@127.0.0.1:1/tieout`)],
      [RUN, ledgerAt(`postgres://us:${PG}@127.0.0.1:1/`)],
      [RUN, ledgerAt(`mysql://us:${PG}@127.0.0.1:1/tieout`)],
      ["ledger", "copy", `postgres://us:${PG}@127.0.0.1:1/tieout`, "new.sqlite"],
      ["ledger", "copy", "new.sqlite", `postgres://us:${PG_SECRET}@127.0.0.1:1/tieout`],
    ),
    job: 'schedule: { cron: "0 2 * * *", zone: "UTC" }',
  },
  {
    name: "an examination of what is well, and of what refuses, echoes or is badly named",
    inBucket: true,
    awsSecret: "another",
    orders: [{ status: 400, path: /oauth/, code: "parameters_invalid" }],
    codes: [2, 2, 2, 2],
    act: commands(
      ["doctor", "JOB"],
      ["doctor", "JOB", "--output", "json"],
      [["doctor", "JOB"], { LEAD_API_URL: CLIENT_SECRET, LEAD_CLIENT_SECRET: `"${CLIENT_SECRET}"` }],
      [["doctor"], { ...ledgerAt(`postgres://us:${PG}@127.0.0.1:1/tieout`), LEAD_CLIENT_ID: "" }],
    ),
  },
  {
    name: "the stand-in, served with the operator's own secret",
    codes: [0],
    act: servedUntil("stdout", "export", "sandbox"),
  },
];
