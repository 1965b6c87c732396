/**
 * The sandbox against the bank's published OpenAPI document, which LEAD_OPENAPI names: every answer that the document
 * describes validates, and every other one stands in the list of those that only the contract gives.
 */
import { expect } from "chai";
import {
  CAPABILITIES,
  CONSENT_DOCUMENT_TYPES,
  DISCLOSURE_DOCUMENT_TYPES,
  STATUS_REASONS,
  STATUSES,
} from "../../src/account.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { SEED } from "../sandbox/bank-seed.ts";
import { askToken, openCaller, type Said } from "../sandbox/caller.ts";
import { OpenapiDocument } from "./openapi-document.ts";
import { STEPS, type Step, UNDESCRIBED } from "./openapi-steps.ts";

/** The document's enumeration, our words for it, and those that are newer than the document. */
const WORDS: [string, readonly string[], readonly string[]][] = [
  ["AccountStatus", STATUSES, []],
  ["AccountStatusReason", STATUS_REASONS, []],
  ["AccountCapability", CAPABILITIES, []],
  ["ComplianceDocumentType", [...CONSENT_DOCUMENT_TYPES, ...DISCLOSURE_DOCUMENT_TYPES], ["business_license"]],
];

const file = process.env.LEAD_OPENAPI ?? "";

async function take(step: Step): Promise<Said> {
  await using bank = await startSandbox({ seed: SEED });
  const call = await openCaller(bank, step.scope);
  const { body, key = "k-1", earlierBody, authorization } = step;
  if (earlierBody !== undefined) await call(step.call, { body: earlierBody, key: "k-1" });
  if (step.fault !== undefined) bank.failNext(step.fault);
  const headers = authorization === undefined ? {} : { authorization };
  return await call(step.call, { body, key, headers });
}

describe("the sandbox against the published OpenAPI document", () => {
  if (file === "") {
    it(`skipped: ${STEPS.length + WORDS.length + 5} checks (LEAD_OPENAPI names no file)`);
    return;
  }
  const document = new OpenapiDocument(file);
  const seen = new Map<string, Set<number>>();
  const kinds = new Set<unknown>();
  const seenUndescribed = new Set<string>();

  const judge = (call: string, said: Said) => {
    const operation = document.findOperation(call);
    for (const kind of [said.json.type, said.json.status, said.json.entities?.account_holder_type]) kinds.add(kind);
    const statuses = seen.get(operation ?? "") ?? new Set();
    if (operation !== undefined) seen.set(operation, statuses.add(said.status));
    if (operation !== undefined && document.listStatuses(operation).includes(said.status)) {
      expect(document.findFaults(operation, said.status, said.json), said.text).to.equal("");
      return;
    }
    const name = `${operation ?? call.split("?")[0]} ${said.status}`;
    expect(UNDESCRIBED, `the document does not describe ${name}`).to.have.property(name);
    seenUndescribed.add(name);
  };

  for (const step of STEPS) {
    const manner = step.fault ?? step.scope ?? (step.key === null ? "no key" : step.authorization);
    it(`${step.call}${manner === undefined ? "" : ` (${manner})`}: ${step.status}`, async () => {
      const said = await take(step);
      expect(said.status, said.text).to.equal(step.status);
      judge(step.call, said);
    });
  }

  it("POST /v1/oauth/token: 200", async () => {
    await using bank = await startSandbox();
    const said = await askToken(bank);
    expect(said.status).to.equal(200);
    judge("POST /v1/oauth/token", said);
  });

  it("shows every kind of entity, application and account", () => {
    expect([...kinds]).to.include.members([
      ...["individual", "business", "sole_prop"],
      ...["approved", "declined", "canceled"],
      ...["active", "inactive", "closed"],
      ...["consumer", "commercial"],
    ]);
  });

  it("is judged by schemas that refuse a wrong value and a misspelt member", () => {
    const judgeAccount = (value: unknown) => document.findFaults("get /v0/accounts/{id}", 200, value);
    expect(judgeAccount({ id: "account_1", details: { credit: { limit: 1 } } })).to.equal("");
    expect(judgeAccount({ id: "account_1", details: { credit: { limit: "1" } } })).to.include("integer");
    expect(judgeAccount({ id: "account_1", capabilites: [] })).to.include("additional");
  });

  it("shows every status that the document describes of the endpoints it serves", () => {
    const missing = [...seen].flatMap(([operation, statuses]) =>
      document.listStatuses(operation).flatMap((status) => (statuses.has(status) ? [] : [`${operation} ${status}`])),
    );
    expect(missing).to.deep.equal([]);
  });

  it("lists no undescribed answer that it does not give", () => {
    expect([...seenUndescribed].sort()).to.deep.equal(Object.keys(UNDESCRIBED).sort());
  });

  for (const [schema, words, newer] of WORDS) {
    it(`has the words of ${schema}`, () => {
      const described = document.listWords(schema);
      expect(described).to.be.an("array");
      expect([...words].sort()).to.deep.equal([...(described as string[]), ...newer].sort());
    });
  }
});
