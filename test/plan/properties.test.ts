/**
 * The planner against the bank model, with random rows and accounts: what it plans is taken and leads there, it sends
 * nothing else, and what it says of a row is true.
 */
import { expect } from "chai";
import fc from "fast-check";
import { wantsRelationships } from "../../src/plan/diff/diff-relationships.ts";
import type { Kept } from "../../src/plan/diff/kept.ts";
import { judgeAnswer } from "../../src/plan/judge-answer.ts";
import type { Operation, Plan } from "../../src/plan/operation.ts";
import { planChange } from "../../src/plan/plan-change.ts";
import type { SandboxAccount } from "../../src/sandbox/state/bank-state.ts";
import { keepOwnForm } from "../support/own-form.ts";
import { type Case, changeCase, newAccountCase } from "./arbitraries.ts";
import { applyOperation, type BankModel, EMPTY_BANK } from "./bank-model.ts";
import { leavesOf, leavesWanted, pathsThatDiffer } from "./leaves.ts";
import { allLeaves, disagreements, isTrue } from "./reasons.ts";

const RUNS = 1_000;
const KINDS = { change: changeCase, create: newAccountCase(EMPTY_BANK) };

/** Values that the bank needs together: when one differs, all of them are sent. */
const WHOLE = /^(metadata|documents|capabilities|details\.credit\.(scra|report)|details\.adverse_action_notice)\./;

function planOf({ model, desired, settings }: Case, memory: readonly Kept[] = []): Plan {
  const { account } = model;
  if (account === null) return planChange(desired, null, settings);
  return planChange(
    desired,
    { account, relationships: wantsRelationships(desired) ? model.relationships : null },
    settings,
    null,
    memory,
  );
}

function applyAll(model: BankModel, operations: readonly Operation[]): BankModel {
  return operations.reduce(applyOperation, model);
}

function inOwnForm(model: BankModel): BankModel {
  const account = structuredClone(model.account);
  if (account !== null) keepOwnForm(account as SandboxAccount);
  return { ...model, account };
}

/** Holds the property against RUNS random cases, each with its plan. */
function check(arbitrary: fc.Arbitrary<Case>, property: (given: Case, plan: Plan) => void): void {
  fc.assert(
    fc.property(arbitrary, (given) => property(given, planOf(given))),
    { numRuns: RUNS },
  );
}

for (const [what, arbitrary] of Object.entries(KINDS)) {
  describe(`planChange, for any ${what}`, () => {
    it("meets every kind of plan, or the rest of this would prove little", () => {
      const kinds = fc.sample(arbitrary, RUNS).map((given) => planOf(given).kind);
      const expected = what === "create" ? ["invalid", "operations"] : ["operations", "refused", "unchanged"];
      expect([...new Set(kinds)].sort()).to.deep.equal(expected);
    });

    it("plans what the bank takes, step by step, and the row's fields agree afterwards", () =>
      check(arbitrary, (given, plan) => {
        if (plan.kind !== "operations") return;
        expect(plan.operations.map(({ step }) => step)).to.deep.equal(plan.operations.map((_, index) => index + 1));
        const model = applyAll(given.model, plan.operations);
        expect(disagreements({ ...given, model })).to.deep.equal([]);
      }));

    it("leaves alone what the row does not give", () =>
      check(arbitrary, (given, plan) => {
        if (plan.kind !== "operations") return;
        const after = allLeaves(applyAll(given.model, plan.operations));
        const touched = pathsThatDiffer(allLeaves(given.model), after);
        expect(touched.filter((path) => !mayTouch(path, given))).to.deep.equal([]);
      }));

    it("plans nothing more where the bank keeps values in a form of its own, once that is remembered", () =>
      check(arbitrary, (given) => {
        let model = inOwnForm(given.model);
        const plan = planOf({ ...given, model });
        if (plan.kind !== "operations") return;
        const memory = new Map<string, Kept>();
        for (const operation of plan.operations) {
          model = inOwnForm(applyOperation(model, operation));
          if (model.account === null) continue;
          const { remember, forget } = judgeAnswer(operation, given.desired, model.account, [...memory.values()]);
          expect(remember.filter(({ isForm }) => !isForm)).to.deep.equal([]);
          for (const field of forget) memory.delete(field);
          for (const kept of remember) memory.set(kept.field, kept);
        }
        const again = planOf({ ...given, model }, [...memory.values()]);
        expect(again.kind).to.equal("unchanged");
        const isNoted = again.kind === "unchanged" && again.notes.some(({ code }) => code === "bank_keeps_other");
        expect(isNoted).to.equal(memory.size > 0);
      }));

    it("reopens a closed account only on the row's own word", () =>
      check(arbitrary, (given, plan) => {
        const { model, desired } = given;
        if (plan.kind !== "operations" || model.account?.status !== "closed") return;
        expect(plan.operations[0]?.kind).to.equal("activate");
        expect(desired.correction).to.equal(true);
      }));

    it("sends nothing that is equal, and no operation that changes nothing", () =>
      check(arbitrary, (given, plan) => {
        if (plan.kind !== "operations") return;
        let { model } = given;
        for (const operation of plan.operations) {
          const next = applyOperation(model, operation);
          const changed = pathsThatDiffer(allLeaves(model), allLeaves(next));
          expect(changed, operation.kind).to.not.deep.equal([]);
          expect(sentInVain(operation, changed), operation.body).to.deep.equal([]);
          model = next;
        }
      }));

    it("finds nothing more to do after its own operations", () =>
      check(arbitrary, (given, plan) => {
        if (plan.kind !== "operations") return;
        const again = planOf({ ...given, model: applyAll(given.model, plan.operations) });
        expect(again.kind).to.equal("unchanged");
      }));

    it("says unchanged only of an account that agrees", () =>
      check(arbitrary, (given, plan) => {
        if (plan.kind === "unchanged") expect(disagreements(given)).to.deep.equal([]);
        else if (given.model.account !== null && plan.kind === "operations")
          expect(disagreements(given)).to.not.deep.equal([]);
      }));

    it("refuses with true reasons, and plans nothing then", () =>
      check(arbitrary, (given, plan) => {
        if (plan.kind !== "refused" && plan.kind !== "invalid") return;
        expect(plan.kind).to.equal(given.model.account === null ? "invalid" : "refused");
        expect(plan.issues).to.not.deep.equal([]);
        expect(plan).to.not.have.property("operations");
        const untrue = plan.issues.filter(({ code, column }) => !isTrue(code, column, given));
        expect(untrue).to.deep.equal([]);
      }));

    it("gives the same plan for the same two sides, and leaves both as they were", () =>
      check(arbitrary, (given, plan) => {
        const before = structuredClone(given);
        expect(planOf(given)).to.deep.equal(plan);
        expect(given).to.deep.equal(before);
      }));
  });
}

/** A path whose value the row names; beside these, what a transition or another type of a document brings with it. */
function mayTouch(path: string, { desired, model, settings }: Case): boolean {
  const wanted = leavesWanted(desired);
  if (wanted.has(path)) return true;
  const [first = ""] = path.split(".");
  if (first === "documents") return desired.documents?.length === 0;
  if (model.account === null) return isOfNewAccount(path, first, settings.defaults);
  if (first === "status_reason") return desired.status !== undefined;
  return settings.removeRelationships && desired[`${first}s` as keyof typeof desired] !== undefined;
}

/** A new account starts active, and with the job's defaults. */
function isOfNewAccount(path: string, first: string, defaults: Case["settings"]["defaults"]): boolean {
  if (path === "details.credit.currency") return defaults.currency !== undefined;
  if (first === "capabilities") return defaults.capabilities !== undefined;
  return first === "status" || first === "status_reason";
}

/** Paths in a body that were there already, but for those that go together with one that was not. */
function sentInVain({ kind, body }: Operation, changed: readonly string[]): string[] {
  const together = new Set(changed.map((path) => WHOLE.exec(path)?.[1] ?? path));
  const sent = kind === "patch" ? [...leavesOf(JSON.parse(body)).keys()] : [];
  if (kind === "add_relationships") {
    const { relationship_type, entity_ids } = JSON.parse(body);
    sent.push(...entity_ids.map((id: string) => `${relationship_type}.${id}`));
  }
  return sent.filter((path) => !together.has(WHOLE.exec(path)?.[1] ?? path));
}
