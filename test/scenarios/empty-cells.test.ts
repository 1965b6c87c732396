/**
 * Files in which a row is the complete record, through whole runs: what an empty list or documents cell takes away, what
 * keeps it, and what a run remembers of it.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { type StartOptions, startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk, readResults } from "../support/scenario.ts";

const SEED = {
  entities: [{ id: "entity_ann" }, { id: "entity_bob" }, { id: "entity_biz", type: "business" as const }],
  accounts: [
    {
      id: "account_1",
      client_account_id: "c1",
      documents: [
        { document_id: "terms v3.pdf", type: "terms_of_use", displayed_at: "2026-01-31T09:30:00Z" },
        { document_id: "terms v3.pdf", type: "esign_agreement", consented_at: "2026-01-31T09:30:00Z" },
      ],
      relationships: {
        account_holder: ["entity_ann"],
        authorized_signer: ["entity_bob"],
        authorized_user: ["entity_bob"],
      },
    },
    {
      id: "account_2",
      client_account_id: "c2",
      relationships: { account_holder: ["entity_biz"], authorized_signer: ["entity_ann"] },
    },
  ],
};
const HEADER =
  "client_account_id|client_product_name|account_holders|authorized_signers|authorized_users|documents|status";
const COMPLETE = `${HEADER}\nc1||entity_ann||||\n`;

interface Heard {
  readonly ends: readonly string[];
  readonly messages: string;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

class Office {
  readonly bank: Sandbox;
  readonly desk: Desk;

  constructor(bank: Sandbox, desk: Desk) {
    this.bank = bank;
    this.desk = desk;
  }

  context(job: Partial<JobInput>, onRows = () => {}) {
    const [notes, warnings]: [string[], string[]] = [[], []];
    const progress = { note: (text: string) => void notes.push(text), watch() {}, steer() {}, end() {} };
    const log = { info() {}, warn: (text: string) => void warnings.push(text), error() {} };
    const context = this.desk.context(this.bank, job);
    return { notes, warnings, context: { ...context, progress, log, ledger: afterRows(context.ledger, onRows) } };
  }

  async start(
    csv: string,
    job: Partial<JobInput>,
    options: Partial<StartOptions> = {},
    onRows?: () => void,
  ): Promise<Heard> {
    const file = join(this.desk.folder, "file.csv");
    await writeFile(file, csv);
    const { context, notes, warnings } = this.context(job, onRows);
    const base = { kind: "run", file, from: null, limit: null, again: "another night" } as const;
    const [end] = await startJob(context, { ...base, ...options });
    return { ...(await told(end)), notes, warnings };
  }

  sent(): readonly string[] {
    return this.bank.writes.map(({ method, path, body }) => `${method} ${path} ${JSON.stringify(body ?? null)}`);
  }
}

/** Calls `act` whenever rows have been stored. */
function afterRows(ledger: Ledger, act: () => void): Ledger {
  const recordRows: Ledger["rows"]["recordRows"] = async (run, rows) => {
    await ledger.rows.recordRows(run, rows);
    act();
  };
  const rows = { ...ledger.rows, recordRows };
  return { ...ledger, rows, fencedBy: (lease) => afterRows(ledger.fencedBy(lease), act) };
}

async function told(end: unknown): Promise<Pick<Heard, "ends" | "messages">> {
  const { summary } = end as { summary?: { results: string } };
  if (summary === undefined) throw new Error(JSON.stringify(end));
  const rows = await readResults(summary.results);
  return {
    ends: rows.map((row) => `${row.result} ${row.result_code} ${row.result_operations}`.trim()),
    messages: rows.map(({ result_message }) => result_message).join(),
  };
}

async function inOffice(act: (office: Office) => Promise<void>): Promise<void> {
  await using bank = await startSandbox({ seed: structuredClone(SEED) });
  await using desk = await openDesk({ durable: false });
  await act(new Office(bank, desk));
}

const CLEAR = { emptyMeans: "clear" } as const;
const REMOVE = { ...CLEAR, removeRelationships: true } as const;

describe("a file of complete records", () => {
  it("takes nothing away unless the job says so, and warns once in the bank's layout", () =>
    inOffice(async (office) => {
      const first = await office.start(`${COMPLETE}c2||||||\n`, { removeRelationships: true });
      expect(first.ends).to.deep.equal(["unchanged", "unchanged"]);
      expect(first.warnings).to.deep.equal([
        'empty cells of account_holders, authorized_signers, documents are left alone: set emptyMeans in the job to "clear" if they mean none, else to "keep"',
      ]);
      expect((await office.start(COMPLETE, { emptyMeans: "keep" })).warnings).to.deep.equal([]);
      expect(office.sent()).to.deep.equal([]);
    }));

  it("takes signers and documents away where empty means none, users only by a word of their own", () =>
    inOffice(async (office) => {
      const { ends, notes, warnings } = await office.start(COMPLETE, REMOVE);
      expect(ends).to.deep.equal(["applied  patch=applied; remove_relationship=applied"]);
      expect(notes.join("\n")).to.contain(
        "an empty account_holders or authorized_signers or documents means none, an empty authorized_users is left alone",
      );
      expect(warnings).to.deep.equal([]);
      expect(office.sent()).to.deep.equal([
        'PATCH /v0/accounts/account_1 {"documents":[]}',
        "DELETE /v0/accounts/account_1/entity_relationships/entity_bob null",
      ]);
      const left = office.bank.accounts.get("account_1")?.relationships;
      expect([left?.authorized_signer, left?.authorized_user]).to.deep.equal([[], ["entity_bob"]]);
      expect((await office.start(COMPLETE, REMOVE)).ends, "once more").to.deep.equal(["unchanged"]);
      const users = { ...REMOVE, emptyAuthorizedUsers: "clear" } as const;
      expect((await office.start(COMPLETE, users)).ends).to.deep.equal(["applied  remove_relationship=applied"]);
      expect(office.bank.accounts.get("account_1")).to.deep.include({ documents: [] });
    }));

  it("leaves the signers that it may not remove, and says so", () =>
    inOffice(async (office) => {
      const { ends, messages } = await office.start(COMPLETE, CLEAR);
      expect(ends).to.deep.equal(["applied extra_relationship patch=applied"]);
      expect(messages).to.contain("removeRelationships is off");
      expect((await office.start(COMPLETE, CLEAR)).ends).to.deep.equal(["unchanged extra_relationship"]);
    }));

  it("is held where it would remove more than the guard allows, and a re-run follows the job of its day", () =>
    inOffice(async (office) => {
      const guarded = { ...REMOVE, guards: { remove_relationship: { max: 0 } } };
      expect((await office.start(COMPLETE, guarded)).ends).to.deep.equal([
        "held guard patch=skipped; remove_relationship=skipped",
      ]);
      expect(office.sent()).to.deep.equal([]);
      const [run] = await office.desk.ledger.runs.list(1);
      if (run === undefined) throw new Error("no run");
      const kept = office.context({ removeRelationships: true, emptyMeans: "keep" });
      expect(await told(await rerunRows(kept.context, run, ["held"]))).to.deep.include({ ends: ["unchanged"] });
      expect(kept.notes.join("\n")).to.contain("or documents or authorized_users is left alone");
      const cleared = office.context(REMOVE);
      expect(await told(await rerunRows(cleared.context, run, ["held"]))).to.deep.include({
        ends: ["applied  patch=applied; remove_relationship=applied"],
      });
    }));

  it("takes all documents off no more accounts than their guard allows, whatever a text may look like", () =>
    inOffice(async (office) => {
      const guarded = { ...CLEAR, guards: { clear_documents: { max: 0 } } };
      const { ends, messages } = await office.start(COMPLETE, guarded);
      expect(ends).to.deep.equal(["held guard patch=skipped"]);
      expect(messages).to.contain(
        "guard clear_documents: the plan removes all documents of 1 account, and 0 may be sent (max 0); if they are right: tieout approve ",
      );
      expect(office.sent()).to.deep.equal([]);
      const text = 'client_account_id|metadata.note\nc2|"{""documents"":[]}"\n';
      expect((await office.start(text, guarded)).ends).to.deep.equal(["applied  patch=applied"]);
    }));

  it("never takes the last holder, nor the last signer of a commercial account", () =>
    inOffice(async (office) => {
      const csv = `${HEADER}\nc1|||entity_bob|||\nc2||entity_biz||||\n`;
      const { ends } = await office.start(csv, REMOVE);
      expect(ends).to.deep.equal(["refused last_holder", "refused last_holder"]);
      expect(office.sent()).to.deep.equal([]);
    }));

  it("makes a new account with what is empty as none, and none without holders", () =>
    inOffice(async (office) => {
      const job: Partial<JobInput> = { ...REMOVE, creates: "trusted", defaults: { capabilities: ["deposit"] } };
      const { ends } = await office.start(`${HEADER}\nn1|Card|entity_ann||||\nn2|Card|||||\n`, job);
      expect(ends).to.deep.equal(["applied  create=applied", "invalid create_field_missing"]);
      expect(office.bank.writes.map(({ body }) => body)).to.deep.equal([
        {
          client_account_id: "n1",
          capabilities: ["deposit"],
          entities: { account_holders: ["entity_ann"], authorized_signers: [] },
          details: { product_name: "Card" },
          documents: [],
        },
      ]);
    }));

  it("means the same to a run that died while it read, whatever the job says when it is resumed", () =>
    inOffice(async (office) => {
      // More rows than are read at a time, so that a part of them is in the ledger by then.
      const csv = `${COMPLETE}${"x||||||nonsense\n".repeat(600)}c2||entity_biz||||\n`;
      let pages = 0;
      const died = await office
        .start(csv, REMOVE, {}, () => {
          if (++pages === 1) throw new Error("the process dies");
        })
        .catch(({ message }: Error) => message);
      expect(died).to.equal("the process dies");
      const resumed = await office.start(csv, { removeRelationships: true }, { again: null });
      expect(resumed.notes.join("\n")).to.contain("resuming run").and.contain("documents means none");
      expect(resumed.warnings, "it was begun by a job that says it").to.deep.equal([]);
      expect([resumed.ends[0], resumed.ends.at(-1)]).to.deep.equal([
        "applied  patch=applied; remove_relationship=applied",
        "refused last_holder",
      ]);
    }));

  it("means the same to the rows that --limit has left", () =>
    inOffice(async (office) => {
      const csv = `${HEADER}\nc2||entity_biz|entity_ann|||\nc1||entity_ann||||\n`;
      await office.start(csv, REMOVE, { limit: 1 });
      const [run] = await office.desk.ledger.runs.list(1);
      if (run === undefined) throw new Error("no run");
      const { context } = office.context({ removeRelationships: true, emptyMeans: "keep" });
      const { ends } = await told(await resumeUnderLease(context, run, null));
      expect(ends[1]).to.equal("applied  patch=applied; remove_relationship=applied");
    }));
});

describe("documents", () => {
  const terms = { document_id: "terms v3.pdf", type: "terms_of_use", displayed_at: "2026-01-31T03:30:00-06:00" };
  const esign = { document_id: "terms v3.pdf", type: "esign_agreement", consented_at: "2026-01-31T09:30:00Z" };
  const csv = (documents: unknown) =>
    `account_id|documents\naccount_1|"${JSON.stringify(documents).replaceAll('"', '""')}"\n`;

  it("are known by name and type: order is no difference, a new version is, in one object too", () =>
    inOffice(async (office) => {
      expect((await office.start(csv([esign, terms]), {})).ends).to.deep.equal(["unchanged"]);
      const newer = { ...terms, version: "4" };
      expect((await office.start(csv(newer), {})).ends).to.deep.equal(["applied  patch=applied"]);
      expect(office.bank.accounts.get("account_1")?.documents).to.deep.equal([newer, esign]);
      expect((await office.start(csv(newer), {})).ends).to.deep.equal(["unchanged"]);
      const third = { ...esign, document_id: "Loan  Agreement (final).pdf" };
      expect((await office.start(csv([third, { ...esign, type: "credit_pull_consent" }]), {})).ends).to.deep.equal([
        "applied  patch=applied",
      ]);
      expect(office.bank.accounts.get("account_1")?.documents).to.have.length(4);
    }));
});
