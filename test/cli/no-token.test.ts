/** A bank that gives no token, from outside: a run says so and waits, and every command that asks once ends with one line. Real processes. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const isToken = ({ path }: { readonly path: string }) => path === "/v1/oauth/token";

describe("a bank that gives no token", function () {
  this.timeout(60_000);
  let folder: string;
  let bank: Sandbox;
  const tieout = (...args: string[]) =>
    runTieout(
      args,
      {
        TIEOUT_LEDGER: join(folder, "ledger.sqlite"),
        LEAD_API_URL: bank.url,
        LEAD_CLIENT_ID: bank.clientId,
        LEAD_CLIENT_SECRET: bank.clientSecret,
      },
      folder,
    );

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-no-token-"));
    bank = await startSandbox({ seed: { accounts: ["a", "b"].map((id) => ({ id: `account_${id}` })) } });
    await mkdir(join(folder, "in"));
    const settings = `name: "nightly", source: { folder: "in" }, results: { folder: "out" }, attempts: 1`;
    await writeFile(
      join(folder, "job.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ ${settings} });\n`,
    );
    await writeFile(join(folder, "in/1.csv"), "account_id,product_name\naccount_a,New\naccount_b,New\n");
  });
  afterEach(async () => {
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  itWhole("amid a run: the log says so, and when it gives one again; each row is applied once", async () => {
    let isRevoked = false;
    bank.failNext("500", 1, ({ method }) => {
      if (method !== "PATCH" || isRevoked) return false;
      isRevoked = true;
      bank.revokeTokens();
      bank.failNext("500", 22, isToken);
      return false;
    });
    const { code, err } = await tieout("run", "./job.ts");
    expect(code, err).to.equal(0);
    const said = [...err.matchAll(/"message":"(the bank (?:gives|answers)[^"]*)"/g)].map(([, message]) => message);
    // Each probe that fails says it once more.
    expect([...new Set(said)]).to.deep.equal([
      "the bank gives no token; calls wait, and one asks for it from time to time",
      "the bank answers again",
    ]);
    expect(bank.effects).to.have.length(2);
  });

  itWhole("commands that ask once end with 6 and one line, and doctor with 2", async () => {
    expect((await tieout("run", "./job.ts")).code).to.equal(0);
    bank.failNext("500", 1_000, isToken);
    for (const command of [
      ["verify", "last"],
      ["undo", "last"],
      ["plan", "./job.ts", "--file", "in/1.csv", "--again", "--reason", "to see"],
    ]) {
      const { code, out, err } = await tieout(...command);
      expect(code, err).to.equal(6);
      expect(`${out}${err}`.match(/^.*no token: HTTP 500.*\[no_token\].*$/gm), command[0]).to.have.length(1);
    }
    const { code, out } = await tieout("doctor", "./job.ts");
    expect(code).to.equal(2);
    expect(out).to.match(/gives no token: HTTP 500.*\n *next: Wait a while, or ask the bank about its token endpoint/);
  });
});
