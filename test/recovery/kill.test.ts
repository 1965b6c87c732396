/**
 * The plug is pulled at every commit of the ledger, before it and after it, by SIGKILL on a real process; then the job is
 * started again. Each effect must have happened exactly once, and each row must be told of, as in a run that nobody killed.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import pLimit from "p-limit";
import type { SandboxSeed } from "../../src/sandbox/seed.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { readResults } from "../support/scenario.ts";

const AT_ONCE = 2;
/** A dead process's lease ends after a minute. */
const LATER_MS = 120_000;

const SEED: SandboxSeed = {
  entities: [{ id: "entity_ann" }, { id: "entity_bob" }],
  accounts: [1, 2, 3].map((n) => ({
    id: `account_${n}`,
    client_account_id: `c${n}`,
    relationships: { account_holder: ["entity_ann"] },
  })),
};
const CSV = [
  "account_id,client_account_id,capabilities,account_holders,product_name,status,status_reason",
  ",n1,deposit,entity_ann,Card,inactive,frozen",
  "account_1,,,,New,closed,paid_off",
  "account_2,,,entity_bob,,,",
  "account_3,,,,x,active,",
  "account_3,,,,y,active,",
  "",
].join("\n");
const WORDS = ["applied", "applied", "applied", "invalid", "invalid"];
const EFFECTS = ["add_relationships", "close", "create", "deactivate", "patch", "remove_relationship"];

interface History {
  readonly commits: number;
  readonly words: readonly string[];
  readonly effects: readonly string[];
  readonly bank: readonly unknown[];
  readonly wasKilled: boolean;
}

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** A process that ends by itself gives what it printed; a killed one nothing. */
async function start(folder: string, bank: Sandbox, killAt: string, aheadMs: number): Promise<string | null> {
  const { url, clientId, clientSecret } = bank;
  const args = [
    "--import",
    file("kill-at.ts"),
    file("one-start.ts"),
    folder,
    url,
    clientId,
    clientSecret,
    `${aheadMs}`,
  ];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH ?? "", TIEOUT_KILL_AT: killAt },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  const [out, err] = await output;
  if (signal === "SIGKILL") return null;
  if (code !== 0) throw new Error(`the process ended with ${code}: ${err}`);
  return out;
}

/** A start that is killed there, and a second one, which must come to the end. */
async function runHistory(killAt: string): Promise<History> {
  const folder = await mkdtemp(join(tmpdir(), "tieout-kill-"));
  try {
    await using bank = await startSandbox({ seed: SEED });
    await mkdir(join(folder, "in"));
    await writeFile(join(folder, "in", "file.csv"), CSV);
    const first = await start(folder, bank, killAt, 0);
    const second = first ?? (await start(folder, bank, "", LATER_MS)) ?? "";
    const told = JSON.parse(second) as { commits: number; results: string[] };
    const results = told.results[0] ?? (await lastResults(join(folder, "out")));
    const rows = await readResults(results);
    return {
      commits: told.commits,
      words: rows.map(({ result = "" }) => result),
      effects: bank.effects.map(({ kind }) => kind).sort(),
      bank: [...bank.accounts.values()].map(({ client_account_id, status, status_reason, details, relationships }) => {
        const { closed_at: _, ...steady } = details ?? {};
        return { client_account_id, status, status_reason, steady, relationships };
      }),
      wasKilled: first === null,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of a run that was killed after its results were out, which then has nothing left to do. */
async function lastResults(place: string): Promise<string> {
  const [run = ""] = await readdir(place);
  const numbers = (await readdir(join(place, run))).map(Number).sort((a, b) => a - b);
  return join(place, run, String(numbers.at(-1)));
}

describe("a process killed at any commit", function () {
  this.timeout(900_000);

  it("leaves a job whose next start finishes it, each effect once and each row told of", async () => {
    const clean = await runHistory("");
    expect(clean).to.include({ wasKilled: false });
    expect(clean.words).to.deep.equal(WORDS);
    expect(clean.effects).to.deep.equal(EFFECTS);
    expect(clean.commits).to.be.above(15);

    const limit = pLimit(AT_ONCE);
    const points = Array.from({ length: clean.commits }, (_, n) => [`before ${n + 1}`, `after ${n + 1}`]).flat();
    const histories = await Promise.all(
      points.map((point) => limit(async () => ({ point, history: await runHistory(point) }))),
    );
    for (const { point, history } of histories) {
      expect(history.words, point).to.deep.equal(WORDS);
      expect(history.effects, point).to.deep.equal(EFFECTS);
      expect(history.bank, point).to.deep.equal(clean.bank);
    }
    const killed = histories.filter(({ history }) => history.wasKilled).length;
    // How many commits there are depends a little on what falls into one turn.
    expect(killed, "processes killed").to.be.above(points.length * 0.8);
  });
});
