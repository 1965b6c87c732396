/**
 * `tieout evidence` from outside: one folder that is read without Tieout, whole by its manifest, and without a value of any row.
 */

import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { parse } from "csv-parse/sync";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;

describe("tieout evidence", function () {
  this.timeout(60_000);
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;
  const path = (name: string) => join(folder, name);
  const tieout = (...args: string[]) => runTieout(args, env, folder);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-evidence-"));
    bank = await startSandbox({ seed: { accounts: ["a", "b", "c", "d"].map((id) => ({ id: `account_${id}` })) } });
    env = {
      TIEOUT_LEDGER: path("ledger.sqlite"),
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
    };
    await mkdir(path("in"));
    await mkdir(path("jobs"));
    const job = `defineJob({ name: "nightly", source: { folder: "in" }, results: { folder: "out" }, schedule: { cron: "0 3 * * *", zone: "UTC" } })`;
    await writeFile(
      path("jobs/nightly.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default ${job};\n`,
    );
  });
  afterEach(async () => {
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const today = () => new Date().toISOString().slice(0, 10);
  const gather = (folderName: string, from = "2026-01-01", to = today()) =>
    tieout("evidence", folderName, "--from", from, "--to", to);

  itWhole(
    "has the runs, the trail and its head, what was accepted, and slots without a run, and no value of a row",
    async () => {
      await writeFile(path("in/1.csv"), "account_id,product_name\naccount_a,Canary product\naccount_x,Other\n");
      const run = /^run (\S+)/m.exec((await tieout("run", "nightly")).out)?.[1] ?? "";
      await tieout("accept", "last", "--row", "3", "--until", "2999-01-31", "--reason", "=the bank merges these");
      await writeFile(path("in/2.csv"), "acount_id\naccount_a\n");
      expect((await tieout("run", "nightly")).code).to.equal(7);
      const made = await gather("november");
      expect(made.code, made.err).to.equal(0);
      expect(made.out).to.match(
        /^evidence of 2026-01-01 to \S+ \(UTC\): 2 runs, 5 entries of the audit trail, 2 alarms, [\d,]+ slots without a run, [\d,]+ of them without an alarm$/m,
      );
      const names = (await readdir(path("november"))).sort();
      const read = (name: string) => readFile(path(`november/${name}`));
      const manifest = JSON.parse(String(await read("manifest.json"))) as {
        files: { name: string; bytes: number; sha256: string }[];
      };
      expect(manifest.files.map(({ name }) => name)).to.deep.equal(names.filter((name) => name !== "manifest.json"));
      for (const { name, bytes, sha256 } of manifest.files) {
        const content = await read(name);
        expect([content.length, createHash("sha256").update(content).digest("hex")]).to.deep.equal([bytes, sha256]);
        for (const value of ["Canary product", "account_a", "account_x", bank.clientSecret])
          expect(String(content), name).to.not.contain(value);
      }
      const ajv = new Ajv2020({ allowUnionTypes: true });
      for (const table of ["runs", "approvals", "acceptances", "audit", "alarms", "slots-without-run"]) {
        const records = JSON.parse(String(await read(`${table}.json`))) as unknown[];
        const schema = JSON.parse(String(await read(`${table}.schema.json`))) as object;
        expect(ajv.validate(schema, records), table).to.equal(true);
        expect(parse(await read(`${table}.csv`), { columns: true })).to.have.lengthOf(records.length);
      }
      const [first] = JSON.parse(String(await read("runs.json"))) as Record<string, unknown>[];
      const source = createHash("sha256")
        .update(await readFile(path("in/1.csv")))
        .digest("hex");
      expect(first).to.include({ run, file_sha256: source, rows: 2, applied: 1, refused: 1, exit: 3, final: true });
      expect(first?.certificate).to.match(/^balanced: 2 rows in, 2 out/);
      expect(String(await read("acceptances.csv")))
        .to.contain(`${run},3,2999-02-01T00:00:00.000Z`)
        .and.contain("'=the bank");
      const head = /audit head: entry (5), (\w+)/.exec(made.out);
      expect(String(await read("README.txt"))).to.contain(`Its head was entry 5, ${head?.[2]}`);
      expect(String(await read("slots-without-run.csv"))).to.contain("nightly,0 3 * * * UTC,2026-01-01T03:00:00.000Z,");
      const alarms = parse(await read("alarms.csv"), { columns: true }) as Record<string, string>[];
      expect(
        alarms.map(({ no, job, kind, code, cleared }) => [no, job, kind, code, cleared === "" ? "open" : "cleared"]),
      ).to.deep.equal([
        ["1", "nightly", "repair", "account_not_found", "cleared"],
        ["2", "nightly", "rejected", "header_column_unknown", "open"],
      ]);
      const again = await gather("november");
      expect(again.code).to.equal(2);
      expect(again.err).to.match(/november is there already, and evidence never overwrites \[usage\]/);
      const json = await tieout("evidence", "before", "--from", "2020-01-01", "--to", "2020-01-02", "--output", "json");
      expect(JSON.parse(json.out)).to.include({ event: "evidence", runs: 0, entries: 0 });
      const refusals: readonly (readonly [string, string, string, RegExp])[] = [
        ["a", "2026-11-31", today(), /--from "2026-11-31" is no day/],
        ["a", "2026-11-30", "2026-11-01", /--to 2026-11-01 is before --from 2026-11-30/],
        ["no/such", "2026-11-01", "2026-11-30", /no\/such cannot be made \(ENOENT\)/],
      ];
      for (const [to, from, until, line] of refusals) expect((await gather(to, from, until)).err).to.match(line);
    },
  );
});
