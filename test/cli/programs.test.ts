/**
 * The program, not the client, is the bank: what is in doubt, unfinished or linked goes on when the credentials change, a
 * ledger of before is asked once for its program's name, and no start begins a second bank on its own.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { idempotencyKey, operationName } from "../../src/plan/idempotency-key.ts";
import type { Summary } from "../../src/report/summary.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { MADE_AT, MADE_IN, readFixture, restoreLedger } from "../ledger/sqlite/restore-ledger.ts";
import { itWhole } from "../support/extent.ts";
import { itOnFile } from "../support/test-ledger.ts";
import { type Ended, runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
/** Hours, so that the key of a doubt which is part of the fixtures is still good. */
const FOR_EVER = 1_000_000;
/** Of the fixtures. The key depends on the bank's address, which is another in each test. */
const KEY_IN_DOUBT = "6bd5c5ac-02c1-50cb-b3fd-589f1d89d184";
const IN_DOUBT = {
  keyName: "us",
  fileSha256: "0c4c5f27f8550dea72da91f3e4222701c23b433da2633d286444dd6b488ffc07",
  changeKey: "client:n1",
  kind: "create",
  step: 1,
  bodyHash: "c792dc366a037622eb90a72c0cc512733e5c6602c2be968fe6adba6659dae5a6",
} as const;
const csvOf = (...ids: readonly string[]) =>
  [
    "client_account_id,capabilities,account_holders,product_name",
    ...ids.map((id) => `${id},deposit,entity_ann,Card`),
    "",
  ].join("\n");

/** The last line, which is what ended the command. */
const complaint = ({ err }: Ended) => err.trim().split("\n").at(-1) ?? "";

describe("a program's credentials", () => {
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;
  const path = (name: string) => join(folder, name);

  /** The same bank at the same address, which knows this client and no other. `state` takes the place of what it holds. */
  async function rotate(clientId: string, state?: string): Promise<void> {
    const { port } = new URL(bank.url);
    await bank.close();
    if (state !== undefined) await writeFile(path("bank.json"), state);
    const options = { clientId, clientSecret: "s3cret", keyHours: FOR_EVER };
    bank = await startSandbox({ ...options, port: Number(port), state: path("bank.json") });
    env.LEAD_CLIENT_ID = clientId;
  }
  const writeJob = (name: string, more = "") =>
    writeFile(
      path(`${name}.ts`),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ name: "${name}", source: { folder: "in" }, results: { folder: "out" }, creates: "trusted", attempts: 1, callTimeoutMs: 500, schedule: { cron: "0 0 1 1 *" }, ${more} });\n`,
    );

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-program-"));
    const seed = { entities: [{ id: "entity_ann" }] };
    bank = await startSandbox({ seed, state: path("bank.json"), clientId: "us", clientSecret: "s3cret" });
    env = {
      TIEOUT_LEDGER: path("ledger.sqlite"),
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: "us",
      LEAD_CLIENT_SECRET: "s3cret",
    };
    await writeJob("job");
    await writeFile(path("file.csv"), csvOf("n1", "n2"));
    await writeFile(path("other.csv"), csvOf("n1", "n2", "n3"));
  });
  afterEach(async () => {
    await bank.close();
    await rm(folder, { recursive: true });
  });

  const tieout = (args: string, over: Record<string, string> = {}) =>
    runTieout(args.split(" "), { ...env, ...over }, folder);
  const program = { LEAD_PROGRAM: "prepaid" };
  const creates = () => bank.writes.filter(({ method, path: at }) => method === "POST" && at === "/v0/accounts");
  const summaryOf = async ({ out }: Ended): Promise<Summary> => {
    const [, results = ""] = /^results: (.*)\/results\.csv$/m.exec(out) ?? [];
    return JSON.parse(await readFile(join(results, "summary.json"), "utf8")) as Summary;
  };

  itOnFile(
    "change under a doubt of a ledger of before: it is named once, nothing is sent until then, and the same key goes out",
    async () => {
      // One of version 3: its run made two accounts, and one answer was lost.
      const key = idempotencyKey(operationName({ ...IN_DOUBT, apiUrl: bank.url }), 0);
      const renamed = { [MADE_IN]: folder, [MADE_AT]: bank.url, [KEY_IN_DOUBT]: key };
      await restoreLedger(path("ledger.sqlite"), "version-three/unnamed.sql", renamed);
      await writeJob("job", `keyHours: ${FOR_EVER}`);
      await rotate("us-2", await readFixture("version-three/bank.json", renamed));
      expect(bank.accounts.size).to.equal(2);
      const asked = await tieout("run ./job.ts --file file.csv", program);
      expect(asked.code).to.equal(2);
      expect(complaint(asked)).to.match(
        /^tieout: this ledger knows \S+ by the client id us, and not of which program that is \[bank_unnamed\]; if it is prepaid, type: npx tieout ledger name-bank us prepaid; if not/,
      );
      for (const command of ["resume", "plan ./job.ts --file file.csv", "schedule ./job.ts"]) {
        const also = await tieout(command, program);
        expect([also.code, complaint(also)], command).to.deep.equal([2, complaint(asked)]);
      }
      expect(bank.requests, "not even a token was asked for").to.deep.equal([]);

      const [, typed = ""] = /type: npx tieout (ledger name-bank us prepaid);/.exec(complaint(asked)) ?? [];
      const named = await tieout(typed);
      expect(named.code, named.err).to.equal(0);
      const settled = await tieout("run ./job.ts --file file.csv", program);
      expect(settled.code, settled.err).to.equal(0);
      expect((await summaryOf(settled)).bank).to.deep.equal({ apiUrl: bank.url, program: "prepaid" });
      const keys = creates().map(({ idempotencyKey }) => idempotencyKey);
      expect(keys, "the key of the doubt, whatever the bank is called by now").to.deep.equal([key]);
      expect(bank.effects).to.deep.equal([]);
      expect(bank.accounts.size).to.equal(2);

      const next = await tieout("run ./job.ts --file other.csv", program);
      expect(next.out, next.err).to.contain("1 applied").and.contain("2 unchanged");
      expect(bank.accounts.size, "the links were the program's").to.equal(3);
    },
  );

  itWhole("change between a run and its resume", async () => {
    expect((await tieout("run ./job.ts --file file.csv --limit 1")).code).to.equal(6);
    await rotate("us-2");
    const before = bank.requests.length;
    for (const command of ["resume", "run ./job.ts --file other.csv", "schedule ./job.ts"]) {
      const refused = await tieout(command);
      expect([refused.code, complaint(refused).includes("[program_unclear]")], command).to.deep.equal([2, true]);
    }
    const refused = await tieout("resume last");
    expect(complaint(refused)).to.match(
      /^tieout: LEAD_CLIENT_ID \(us-2\) is new to this ledger, which knows \S+ as us, and no program is given \[program_unclear\]; if only the credentials are new, set LEAD_PROGRAM=us; /,
    );
    expect(bank.requests).to.have.length(before);
    const resumed = await tieout("resume", { LEAD_PROGRAM: "us" });
    expect(resumed.code, resumed.err).to.equal(0);
    expect(resumed.out).to.contain("2 applied");
    const next = await tieout("run ./job.ts --file other.csv", { LEAD_PROGRAM: "us" });
    expect(next.out, next.err).to.contain("1 applied").and.contain("2 unchanged");
  });

  itWhole("are refused when the program is forgotten once it was given, or is another's", async () => {
    expect((await tieout("run ./job.ts --file file.csv", program)).code).to.equal(0);
    const forgotten = await tieout("run ./job.ts --file other.csv");
    expect(forgotten.code).to.equal(2);
    expect(complaint(forgotten)).to.contain(
      "LEAD_CLIENT_ID (us) has been used for the program prepaid, and no program is given [program_unclear]; set LEAD_PROGRAM=prepaid",
    );
    const mistyped = await tieout("run ./job.ts --file other.csv", { LEAD_PROGRAM: "lending" });
    expect(complaint(mistyped)).to.contain("and the program given is lending [program_unclear]");
    expect(bank.accounts.size).to.equal(2);
    expect((await tieout("report last")).out, "which asks nothing of the bank").to.contain("2 applied");
    await writeJob("job", 'program: "prepaid"');
    expect((await tieout("run ./job.ts --file other.csv --limit 2")).code).to.equal(6);
    await rotate("us-2");
    const resumed = await tieout("resume");
    expect(resumed.out, "by what the job says").to.contain("1 applied").and.contain("2 unchanged");
  });

  itWhole(
    "are no new program's while the job has a run under another that is not finished: a mistyped program sends nothing",
    async () => {
      expect((await tieout("run ./job.ts --file file.csv --limit 1", program)).code).to.equal(6);
      await rotate("us-2");
      const mistyped = await tieout("run ./job.ts --file other.csv", { LEAD_PROGRAM: "prepiad" });
      expect([mistyped.code, creates()]).to.deep.equal([2, []]);
      expect(complaint(mistyped)).to.match(
        /^tieout: the program prepiad is new to this ledger, and run \S+ of job job is not finished under the program prepaid \[program_unclear\]; if they are one program, set LEAD_PROGRAM=prepaid,/,
      );
      const resumed = await tieout("resume", program);
      expect(resumed.out, resumed.err).to.contain("2 applied");
    },
  );

  itWhole(
    "used for a mistyped program once are given to the right one by the command that the refusal prints",
    async () => {
      expect((await tieout("run ./job.ts --file file.csv", program)).code).to.equal(0);
      await rotate("us-2");
      const mistyped = await tieout("run ./job.ts --file file.csv", { LEAD_PROGRAM: "prepiad" });
      expect(mistyped.code, mistyped.err).to.equal(0);
      expect(mistyped.err).to.match(
        /"level":"warn","message":"the program prepiad is new to this ledger, which knows \S+ as prepaid:/,
      );
      const refused = await tieout("run ./job.ts --file other.csv", program);
      const [, typed = ""] = /type: npx tieout (ledger name-bank us-2 prepaid)$/.exec(complaint(refused)) ?? [];
      expect([refused.code, typed], complaint(refused)).to.deep.equal([2, "ledger name-bank us-2 prepaid"]);
      const given = await tieout(typed);
      expect([given.code, given.out]).to.deep.equal([
        0,
        "the client id us-2 is the program prepaid's from now on, and no longer prepiad's; set LEAD_PROGRAM=prepaid, or program in its jobs\n",
      ]);
      const next = await tieout("run ./job.ts --file other.csv", program);
      expect(next.out, next.err).to.contain("1 applied").and.contain("2 unchanged");
    },
  );

  itWhole("stay with a mistyped program while a run of it is not finished", async () => {
    expect((await tieout("run ./job.ts --file file.csv", program)).code).to.equal(0);
    await rotate("us-2");
    expect((await tieout("run ./job.ts --file file.csv --limit 1", { LEAD_PROGRAM: "prepiad" })).code).to.equal(6);
    const kept = await tieout("ledger name-bank us-2 prepaid");
    expect([kept.code, complaint(kept)]).to.satisfy(
      ([code, line]: [number, string]) =>
        code === 2 && /of the program prepiad is not finished, .* tieout resume /.test(line),
    );
    expect((await tieout("resume", { LEAD_PROGRAM: "prepiad" })).code).to.equal(0);
    expect((await tieout("ledger name-bank us-2 prepaid")).code).to.equal(0);
  });

  itWhole("are one program's: two jobs of two programs are two banks, each with its own credentials", async () => {
    await writeJob("job", 'program: "prepaid"');
    // The stand-in is one bank, whose look-up would find the other program's accounts.
    await writeJob("lending", 'program: "lending", lookup: false');
    const both = await tieout("schedule ./job.ts ./lending.ts");
    expect(complaint(both)).to.contain(
      "the jobs are of several programs (prepaid, lending), and the bank's credentials",
    );
    expect([both.code, bank.requests.length], both.err).to.deep.equal([2, 0]);
    expect((await tieout("run ./job.ts --file file.csv")).code).to.equal(0);
    const same = await tieout("run ./lending.ts --file file.csv");
    expect(complaint(same)).to.contain("has been used for the program prepaid, and the program given is lending");
    const contradicted = await tieout("run ./lending.ts --file file.csv", program);
    expect(complaint(contradicted)).to.match(/job lending is of the program lending, and LEAD_PROGRAM is prepaid/);

    await rotate("them");
    const own = await tieout("run ./lending.ts --file file.csv --output json");
    expect(own.code, own.err).to.equal(0);
    expect(creates(), "the other program's links are none of this one's").to.have.length(2);
    expect(own.out).to.contain('"program":"lending"');
    const runs = await tieout("runs --output json");
    expect(runs.out.match(/"program":"\w+"/g)).to.deep.equal(['"program":"lending"', '"program":"prepaid"']);
  });
});
