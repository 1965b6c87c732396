/**
 * A run that is taken back, from outside: the file that `tieout undo` writes is run like any other, and the bank then holds what it held
 * before, but for what the list names.
 */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import { parse } from "csv-parse/sync";
import type { Status, StatusReason } from "../../src/account.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const ROWS = 500;
/** What a spreadsheet, a reader or a shell might change. */
const NAMES = ["Everyday", "0071", "=1+1", 'A, "B"', "  blanks  ", "1-2", "TRUE", "8.9E+19", "NULL"];

type Cells = Readonly<Record<string, string>>;

/** One kind of row in turn: what the file gives, and which fields the list must then name. */
const KINDS: readonly ((n: number) => { readonly cells: Cells; readonly listed: string })[] = [
  (n) => ({ cells: { product_name: "New" }, listed: NAMES[n % NAMES.length] === "NULL" ? "product_name no_cell" : "" }),
  () => ({ cells: { limit: "900", max_limit: "1000", is_secured: "true" }, listed: "" }),
  () => ({ cells: { "metadata.branch": "0099" }, listed: "" }),
  () => ({ cells: { "metadata.note": "x" }, listed: "metadata.note was_empty" }),
  () => ({ cells: { status: "inactive", status_reason: "frozen" }, listed: "" }),
  () => ({ cells: { status: "active" }, listed: "" }),
  () => ({
    cells: { status: "closed", status_reason: "paid_off", "metadata.branch": "1" },
    listed: "status closed|metadata.branch account_closed",
  }),
  () => ({ cells: { authorized_users: "entity_1;entity_2" }, listed: "authorized_users added_relationship" }),
  () => ({
    cells: { credit_score: "700", credit_pulled_at: "2026-02-02T00:00:00Z", credit_report_source: "equifax" },
    listed: "",
  }),
  () => ({ cells: { capabilities: "deposit;credit_without_underwriting" }, listed: "capabilities capability_added" }),
  () => ({ cells: { product_name: "Same" }, listed: "" }),
];
const COLUMNS = ["account_id", ...new Set(KINDS.flatMap((kind) => Object.keys(kind(0).cells)))];
const CREDIT = {
  is_secured: false,
  is_mla: false,
  underwriting_grade: "B",
  currency: "USD",
  available_credit: -5,
  limit: 500,
  max_limit: 600,
};
const REPORT = { score: 610, pulled_at: "2025-01-01T00:00:00Z", source: "experian" } as const;

describe("tieout undo", function () {
  this.timeout(300_000);
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;
  const path = (name: string) => join(folder, name);
  const tieout = (...args: string[]) => runTieout(args, env, folder);
  const kindOf = (n: number) => (KINDS[n % KINDS.length] as (typeof KINDS)[number])(n);
  const rowsOf = async (name: string) =>
    parse(await readFile(resolve(folder, name), "utf8"), { columns: true }) as Record<string, string>[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-undo-"));
    const accounts = Array.from({ length: ROWS }, (_, n) => ({
      id: `account_${n}`,
      capabilities: ["deposit"] as const,
      ...statusOf(n),
      details: {
        product_name: n % KINDS.length === 10 ? "Same" : (NAMES[n % NAMES.length] ?? ""),
        credit: { ...CREDIT, report: REPORT },
      },
      metadata: { branch: "0012", other: "=2" },
      relationships: { account_holder: ["entity_1"], authorized_signer: [], authorized_user: ["entity_1"] },
    }));
    const roles = ["account_holder", "authorized_user"].map((name) => ({ name, status: "active" }));
    const entities = [1, 2].map((n) => ({ id: `entity_${n}`, role_details: roles }));
    bank = await startSandbox({ seed: { accounts, entities } as never });
    const { url: LEAD_API_URL, clientId: LEAD_CLIENT_ID, clientSecret: LEAD_CLIENT_SECRET } = bank;
    env = { TIEOUT_LEDGER: path("ledger.sqlite"), LEAD_API_URL, LEAD_CLIENT_ID, LEAD_CLIENT_SECRET };
    // A job whose own files look quite different: the undo file is read as what it is all the same.
    const job = `defineJob({ name: "undo", source: { folder: "in" }, results: { folder: "out" }, guards: { all: "off" }, creates: "trusted",
      requestsPerSecond: 2000, burst: 2000, delimiter: "|", emptyMeans: "clear", emptyAuthorizedUsers: "clear",
      columns: { limit: "max_limit", ceiling: "limit" }, nulls: { leaveAlone: ["0071"] } })`;
    await writeFile(path("job.ts"), `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default ${job};\n`);
  });
  after(async () => {
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  function statusOf(n: number): { status: Status; status_reason: StatusReason } {
    return n % KINDS.length === 5
      ? { status: "inactive", status_reason: "dormant" }
      : { status: "active", status_reason: "active" };
  }

  const held = () =>
    new Map([...bank.accounts].map(([id, { updated_at: _, ...account }]) => [id, structuredClone(account)]));

  it("gives the bank back what it held, but for what is listed, and lists no more than that", async () => {
    const before = held();
    const lines = Array.from({ length: ROWS }, (_, n) => {
      const { cells } = kindOf(n);
      return COLUMNS.map((name) => (name === "account_id" ? `account_${n}` : (cells[name] ?? "")));
    });
    // With emptyMeans: "clear" a column that is there would empty lists, so those columns come in a file of their own.
    const header = COLUMNS.map((name) => ({ limit: "ceiling", max_limit: "limit" })[name] ?? name);
    await writeFile(path("all.csv"), `${[header, ...lines].map((cells) => cells.join("|")).join("\n")}\n`);
    await writeFile(path("made.csv"), "");
    const job = (await readFile(path("job.ts"), "utf8")).replace(
      /emptyMeans: "clear", emptyAuthorizedUsers: "clear",/,
      "",
    );
    await writeFile(path("kept.ts"), job);
    const ran = await tieout("run", "./kept.ts", "--file", "all.csv");
    expect(ran.code, ran.err + ran.out).to.equal(0);
    const after = held();
    const undo = await tieout("undo", "last");
    expect(undo.code, undo.err).to.equal(0);
    const [, file = "", list = ""] = /accounts in (\S+undo.csv)\n.* in (\S+undo-not.csv),/.exec(undo.out) ?? [];
    expect((await stat(file)).mode & 0o777).to.equal(0o600);

    const listed = Map.groupBy(await rowsOf(list), ({ account_id }) => account_id ?? "");
    for (const [n, id] of Array.from({ length: ROWS }, (_, at) => [at, `account_${at}`] as const))
      expect((listed.get(id) ?? []).map(({ field, code }) => `${field} ${code}`).join("|"), id).to.equal(
        kindOf(n).listed,
      );

    // The job that undoes is the one with everything that could be misread.
    await tieout("move", "./job.ts");
    const again = await tieout("run", "./job.ts", "--file", file);
    expect(again.code, again.err + again.out).to.equal(0);
    for (const [id, account] of held()) {
      const isListed = (listed.get(id) ?? []).length > 0;
      expect(account, id).to.deep.equal(isListed ? after.get(id) : before.get(id));
    }
    const [of, undone] = [ran, again].map(({ out }) => /^run (\S+) by/m.exec(out)?.[1] ?? "no run");
    const asLeft = await tieout("verify", undone ?? "");
    expect(asLeft.code, asLeft.out + asLeft.err).to.equal(0);
    const moved = await tieout("verify", of ?? "");
    expect(moved.code, moved.out + moved.err).to.equal(3);
    const found = await rowsOf(`${of}-verified.csv`);
    const changed = found.filter(({ result }) => result === "refused");
    const takenBack = [...before].filter(([id, was]) => !listed.has(id) && !isDeepStrictEqual(was, after.get(id)));
    expect(takenBack).to.have.length.above(100);
    expect(changed.map(({ account_id }) => account_id)).to.include.members(takenBack.map(([id]) => id));
    for (const row of changed) expect(row.result_message).to.contain(`run ${undone} has changed it since`);
    const none = await tieout("undo", "last", "--rows", "3,9000-9001", "--to", "none");
    expect([none.code, await stat(path("none")).catch(() => "not made")]).to.deep.equal([2, "not made"]);
    expect(none.err).to.match(/^tieout: run \S+ has no row from 9000 to 9001 \[row_not_found\]; give row numbers/m);
    const taken = await tieout("undo", "last", "--to", "in");
    expect(taken.code, taken.err).to.equal(0);
    expect((await tieout("undo", "last", "--to", "in")).err).to.match(
      /^tieout: the folder \S+in cannot be made.*\[usage\]/m,
    );
    const away = await runTieout(["undo", "last", "--to", "away"], { ...env, LEAD_CLIENT_SECRET: "wrong" }, folder);
    expect([away.code, await stat(path("away")).catch(() => "removed")], away.err).to.deep.equal([2, "removed"]);
    const twice = await tieout("undo", "last", "--to", "twice");
    expect(twice.code, twice.err).to.equal(0);
    expect(twice.out, "the undo itself can be undone").to.match(/undo of run \S+: \d+ accounts/);
  });
});
