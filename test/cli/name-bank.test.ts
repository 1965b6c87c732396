/** tieout ledger name-bank: what it names, and what it refuses in one line, with a ledger on disk and no bank. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { leaseName } from "../../src/ledger/run.ts";
import { itWhole } from "../support/extent.ts";
import { openTestLedger } from "../support/test-ledger.ts";
import { runTieout } from "../support/tieout.ts";

describe("tieout ledger name-bank", () => {
  let folder: string;
  let env: Record<string, string>;
  const URL = "http://127.0.0.1:9";
  const bank = (name: string) => ({ apiUrl: URL, program: name });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-name-bank-"));
    env = { TIEOUT_LEDGER: join(folder, "ledger.sqlite"), LEAD_API_URL: `${URL}/` };
    await using ledger = await openLedger();
    await ledger.banks.keep(bank("us"), { id: "us", isNamed: false });
    await ledger.banks.keep(bank("lending"), { id: "them", isNamed: true });
  });
  afterEach(() => rm(folder, { recursive: true }));
  const openLedger = () => openTestLedger(env.TIEOUT_LEDGER ?? "");
  const name = (...args: readonly string[]) => runTieout(["ledger", "name-bank", ...args], env, folder);
  const programs = async () => {
    await using ledger = await openLedger();
    return (await ledger.banks.list(URL)).map((one) => one.bank.program).sort();
  };

  it("names a bank by its client id, says so, and a second time changes nothing", async () => {
    const event = { format: 1, event: "named", apiUrl: URL, program: "pre paid", before: "us", clientIds: ["us"] };
    const first = await name("us", "pre paid", "--output", "json");
    expect([first.code, JSON.parse(first.out)], first.err).to.deep.equal([0, event]);
    const second = await name("us", "pre paid");
    const says = `the bank at ${URL} with the client id us is the program pre paid; set LEAD_PROGRAM='pre paid', or program in its jobs\n`;
    expect([second.code, second.out]).to.deep.equal([0, says]);
    expect((await name("pre paid", "prepaid")).code, "a mistyped one can be corrected").to.equal(0);
    expect(await programs()).to.deep.equal(["lending", "prepaid"]);
  });

  it("names nothing while a job is at work there, and ends with 5", async () => {
    {
      await using ledger = await openLedger();
      await ledger.leases.claim(leaseName(bank("us"), "nightly"), "host pid 1", 60_000, Date.now());
    }
    const { code, err } = await name("us", "prepaid");
    expect(code).to.equal(5);
    expect(err).to.match(
      /^tieout: job nightly is in progress at that bank: host pid 1 has run it since \S+ \[lease_held\]; wait for it to end; .*\n$/,
    );
    expect(await programs()).to.deep.equal(["lending", "us"]);
  });

  const refused: readonly (readonly [what: string, args: readonly string[], line: RegExp, env?: object])[] = [
    [
      "a name that another bank has",
      ["us", "lending"],
      /has another bank lending at \S+, so no second one can be lending/,
    ],
    ["a name that another bank nearly has", ["us", "Lending"], /another bank lending at/],
    ["another bank's client id as a name", ["us", "them"], /another bank lending at \S+, so no second one can be them/],
    [
      "a client id that the ledger does not know",
      ["who", "prepaid"],
      /has no bank who at \S+ \[usage\]; give one .*: them, lending, us$/,
    ],
    [
      "another address",
      ["us", "prepaid"],
      /has no bank us at https:\/\/bank\.test \[usage\]; check LEAD_API_URL and/,
      { LEAD_API_URL: "https://bank.test" },
    ],
    ["no address", ["us", "prepaid"], /LEAD_API_URL is not set \[env_missing\]/, { LEAD_API_URL: "" }],
    ["no ledger", ["us", "prepaid"], /\[no_ledger\]/, { TIEOUT_LEDGER: "/nowhere/ledger.sqlite" }],
    [
      "a name that cannot be seen",
      ["us", "pre\u200bpaid"],
      /cannot be the name of a program \[usage\]; use 1 to 100 visible/,
    ],
    ["an empty name", ["us", ""], /an argument is empty \[usage\]/],
    ["no name", ["us"], /missing required argument 'program' \[usage\]; see npx tieout ledger name-bank --help$/],
    ["a third word", ["us", "pre", "paid"], /too many arguments .*; see npx tieout ledger name-bank --help$/],
    [
      "a flag that it has not",
      ["us", "prepaid", "--force"],
      /unknown option '--force' .*; see npx tieout ledger name-bank --help$/,
    ],
  ];
  for (const [what, args, line, over = {}] of refused) {
    itWhole(`refuses ${what} in one line`, async () => {
      const { code, out, err } = await runTieout(["ledger", "name-bank", ...args], { ...env, ...over }, folder);
      expect([code, out]).to.deep.equal([2, ""]);
      expect(err.trim().split("\n")).to.have.length(1);
      expect(err.trim()).to.match(line);
      expect(await programs()).to.deep.equal(["lending", "us"]);
    });
  }

  itWhole("is refused as LEAD_PROGRAM, too, where it cannot be a name", async () => {
    const more = { LEAD_CLIENT_ID: "us", LEAD_CLIENT_SECRET: "s", LEAD_PROGRAM: "a\u0007b" };
    const { code, err } = await runTieout(["resume"], { ...env, ...more }, folder);
    expect([code, err.trim()]).to.deep.equal([
      2,
      "tieout: LEAD_PROGRAM cannot be the name of a program [env_missing]; use 1 to 100 visible characters, with single spaces between words at most",
    ]);
  });
});
