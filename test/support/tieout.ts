/** The command as a user starts it: a process of its own, with what it prints and its exit code. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { IS_POSTGRES, ledgerFor } from "./test-ledger.ts";

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** Disposing kills what still runs. */
export interface Started extends Disposable {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

const COMMAND = new URL("../../bin/tieout.js", import.meta.url).pathname;

/**
 * `env` is all the process gets, beside PATH and what npx sets; the path of a ledger becomes a schema where tests are on PostgreSQL.
 * `under` is a command with its flags that starts the process.
 */
export function startTieout(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd?: string,
  under: readonly string[] = [],
): Started {
  const [program = process.execPath, ...rest] = [...under, process.execPath, COMMAND, ...args];
  const child = spawn(program, rest, {
    env: { PATH: process.env.PATH ?? "", npm_command: "exec", ...withTestLedger(env, cwd) },
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd !== undefined && { cwd }),
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, out, err }) as Ended);
  return { child, ended, [Symbol.dispose]: () => void child.kill("SIGKILL") };
}

/** Where tests are on PostgreSQL, with a schema in place of the ledger's file that a command started in `cwd` would have. */
export function withTestLedger(env: Readonly<Record<string, string>>, cwd = "."): Readonly<Record<string, string>> {
  const path = env.TIEOUT_LEDGER ?? join(cwd, ".tieout/ledger.sqlite");
  // A URL stays as it is, and so does a path that is wrong on purpose.
  const isWrong = env.TIEOUT_LEDGER !== undefined && (path.includes("://") || !existsSync(dirname(path)));
  return IS_POSTGRES && !isWrong ? { ...env, TIEOUT_LEDGER: ledgerFor(path) } : env;
}

export function runTieout(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd?: string,
): Promise<Ended> {
  return startTieout(args, env, cwd).ended;
}

/** What `tieout schedule job.ts` logs until it has said a text, and is stopped. Its assertion is that it ends with 0. */
export async function watchUntil(text: string, env: Readonly<Record<string, string>>, cwd: string): Promise<string> {
  using schedule = startTieout(["schedule", "job.ts"], env, cwd);
  let log = "";
  schedule.child.stderr?.on("data", (more: string) => {
    log += more;
  });
  while (!log.includes(text)) {
    if (schedule.child.exitCode !== null) throw new Error(log);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  schedule.child.kill("SIGTERM");
  expect((await schedule.ended).code).to.equal(0);
  return log;
}
