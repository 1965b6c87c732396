/**
 * Mutants: policies that a client must not have, each put around the real parts. The oracle must catch every one of them,
 * or it would prove nothing of the real ones.
 */
import type { HttpTransport } from "../../../src/bank/transport/http-transport.ts";
import type { BankReply, BankRequest } from "../../../src/bank/transport.ts";
import type { ChangeToApply, ClaimsLedger, Ledger, StoredChange, Wants } from "../../../src/ledger/ledger.ts";
import type { Lease, Run } from "../../../src/ledger/run.ts";
import { hashBody } from "../../../src/plan/idempotency-key.ts";
import { isOfChunk } from "./chunks.ts";
import { overLedger } from "./over-ledger.ts";
import { type Policy, REAL } from "./policy.ts";
import type { Random } from "./random.ts";
import { withLeftovers, withoutClosing, withReadingInTake } from "./worker-mutants.ts";

export interface Mutant extends Policy {
  /** Where to begin, so that it is soon caught; any seed would do. */
  readonly from: number;
  /** The part that fails beneath it, with the real code above, which nothing then harms. */
  readonly unharmed?: Policy;
}

/** A key of which another one follows whenever `isOver` says so of a reply. */
function renewKeys(http: HttpTransport, isOver: (reply: BankReply) => boolean): HttpTransport {
  const renewals = new Map<string, number>();
  return {
    ...http,
    async send(request: BankRequest) {
      const { key } = request;
      if (key === undefined) return http.send(request);
      const renewed = renewals.get(key) ?? 0;
      const reply = await http.send({ ...request, key: `${key}-${renewed}` });
      if (isOver(reply)) renewals.set(key, renewed + 1);
      return reply;
    },
  };
}

const hasStatus = (reply: BankReply, fits: (status: number) => boolean) =>
  reply.kind === "response" && fits(reply.status);

/** The same change of how accounts are claimed. */
function overClaims(
  ledger: Ledger,
  change: (claim: ClaimsLedger["claim"], ledger: Ledger) => ClaimsLedger["claim"],
): Ledger {
  return overLedger(ledger, (inner) => ({
    accounts: { ...inner.accounts, claim: change(inner.accounts.claim, inner) },
  }));
}

/** What is to be sent is written down together with its outcome. */
function withoutIntent(ledger: Ledger): Ledger {
  const unwritten = new Map<string, () => Promise<void>>();
  const nameOf = (run: Run, change: number, step: number) => `${run.id} ${change} ${step}`;
  const unclaimed = overClaims(ledger, (claim, { operations }) => async (run, planned, nowMs, first) => {
    const claimed = await claim(run, planned, nowMs);
    if (first !== undefined && claimed.kind === "claimed") {
      const { lease, step, at } = first;
      const write = () => operations.recordSending(run, lease, planned.change, step, at);
      unwritten.set(nameOf(run, planned.change, step), write);
    }
    return claimed;
  });
  return overLedger(unclaimed, ({ operations }) => ({
    operations: {
      ...operations,
      async recordSending(...given) {
        const [run, , change, step] = given;
        unwritten.set(nameOf(run, change, step), () => operations.recordSending(...given));
      },
      async recordOutcome(...given) {
        const [run, { change }, { step }] = given;
        await unwritten.get(nameOf(run, change, step))?.();
        return operations.recordOutcome(...given);
      },
    },
  }));
}

/** Whatever was done to an account since a change was planned, the plan is sent. */
function withoutDrift(ledger: Ledger): Ledger {
  return overClaims(ledger, (claim) => (run, planned, nowMs, first) => {
    return claim(run, { ...planned, inDoubt: true }, nowMs, first);
  });
}

/** Each plan begins with the first generation of its keys, whatever was done to the account before. */
function withoutGenerations(ledger: Ledger): Ledger {
  const untouched = (stored: StoredChange): StoredChange => ({ ...stored, memory: { ...stored.memory, touch: 0 } });
  return overLedger(ledger, ({ changes }) => ({
    changes: {
      ...changes,
      readToPlan: async (...of) => (await changes.readToPlan(...of)).map(untouched),
      readStored: async (...of) => untouched(await changes.readStored(...of)),
    },
  }));
}

/** Who does not know what became of a change gives its account up. */
function withoutKeeping(ledger: Ledger): Ledger {
  type Done = Parameters<Ledger["changes"]["recordDone"]>;
  const giveUp = async ({ changes }: Ledger, ...[run, change, verdict, ...rest]: Done) => {
    if (verdict.word === "unknown") await changes.recordDone(run, change, { ...verdict, word: "failed" }, ...rest);
    await changes.recordDone(run, change, verdict, ...rest);
  };
  return overLedger(ledger, (inner) => ({
    changes: {
      ...inner.changes,
      recordDone: (...given) => giveUp(inner, ...given),
    },
    operations: {
      ...inner.operations,
      async recordOutcome(run, of, operation, outcome, end) {
        await inner.operations.recordOutcome(run, of, operation, outcome);
        if (end !== undefined) await giveUp(inner, run, of.change, end, outcome.atMs);
      },
    },
  }));
}

/** Of several rows for one account only the first counts. */
function withoutFolds(ledger: Ledger): Ledger {
  const unfolded = <Of extends Wants>(change: Of): Of => ({ ...change, folded: null });
  return overLedger(ledger, ({ changes }) => ({
    changes: {
      ...changes,
      readToPlan: async (...of) => (await changes.readToPlan(...of)).map(unfolded),
      takeToApply: async (...of) => (await changes.takeToApply(...of)).map(unfolded),
      readStored: async (...of) => unfolded(await changes.readStored(...of)),
    },
  }));
}

/** Whoever has a lease of that kind, it is taken for one's own. */
function withoutToken(ledger: Ledger, isOfKind: (lease: Lease) => boolean): Ledger {
  const { accounts, operations, leases } = ledger;
  const presentOf = async (lease: Lease) => (isOfKind(lease) ? ((await leases.find(lease.name)) ?? lease) : lease);
  const unfenced: Ledger = {
    ...ledger,
    fencedBy: (lease) => (isOfKind(lease()) ? unfenced : withoutToken(ledger.fencedBy(lease), isOfKind)),
    accounts: {
      ...accounts,
      async claim(run, planned, nowMs, first) {
        const present = first && { ...first, lease: await presentOf(first.lease) };
        return accounts.claim(run, planned, nowMs, present);
      },
    },
    operations: {
      ...operations,
      async recordSending(run, lease, ...rest) {
        return operations.recordSending(run, await presentOf(lease), ...rest);
      },
    },
  };
  return unfenced;
}

/** Now and then a body comes back from the disk as another. */
function withRot(ledger: Ledger, random: Random, isHashed: boolean): Ledger {
  const rot = (change: ChangeToApply): ChangeToApply => ({
    ...change,
    operations: change.operations.map((operation) => {
      if (!random.chance(0.01)) return operation;
      const body = operation.body.replace(/Made|Changed/, "Spoiled");
      return { ...operation, body, bodyHash: isHashed ? hashBody(body) : operation.bodyHash };
    }),
  });
  return overLedger(ledger, ({ changes }) => ({
    changes: {
      ...changes,
      takeToApply: async (...of) => (await changes.takeToApply(...of)).map(rot),
    },
  }));
}

/** Now and then the results of a row are lost on their way out. */
function withLoss(ledger: Ledger, random: Random): Ledger {
  return overLedger(ledger, ({ rows }) => ({
    rows: {
      ...rows,
      readResults: async (run, page) => (await rows.readResults(run, page)).slice(random.chance(0.2) ? 1 : 0),
    },
  }));
}

/** They are lost, and the figures that would tell of it are made to fit. */
function withUntoldLoss(ledger: Ledger): Ledger {
  return overLedger(ledger, ({ rows, runs, balance }) => ({
    rows: {
      ...rows,
      readResults: async (run, page) => (await rows.readResults(run, page)).slice(page.after === 0 ? 1 : 0),
    },
    runs: {
      ...runs,
      async find(id) {
        const run = await runs.find(id);
        return run && { ...run, rows: Math.max(0, run.rows - 1) };
      },
    },
    balance: {
      ...balance,
      async read(run) {
        const read = await balance.read(run);
        return { ...read, rows: Math.max(0, read.rows - 1), keysIn: null };
      },
    },
  }));
}

export const MUTANTS: readonly Mutant[] = [
  { name: "a new key for each attempt", from: 1, http: (http) => renewKeys(http, () => true) },
  {
    name: "a new key after any 4xx but 409",
    from: 1,
    http: (http) =>
      renewKeys(http, (reply) => hasStatus(reply, (status) => status >= 400 && status < 500 && status !== 409)),
  },
  {
    name: "a new key on 409",
    from: 1,
    http: (http) => renewKeys(http, (reply) => hasStatus(reply, (status) => status === 409)),
  },
  { name: "the call before its intent is durable", from: 1, ledger: withoutIntent },
  { name: "a plan sent though it has drifted", from: 3, ledger: withoutDrift },
  { name: "a new plan under the keys of an old one", from: 1, ledger: withoutGenerations },
  { name: "an account given up in doubt", from: 187, ledger: withoutKeeping },
  { name: "the first of several rows taken for all", from: 1, ledger: withoutFolds },
  { name: "no fsync", from: 132, kept: (random) => random.next() },
  { name: "keys trusted for ever", from: 1, job: { keyHours: 1_000_000 } },
  { name: "no quiet time before a doubt is settled", from: 208, job: { settleAfterMs: 0 } },
  {
    name: "bodies sent as the disk gives them",
    from: 1,
    ledger: (ledger, random) => withRot(ledger, random, true),
    unharmed: { name: "a disk that alters bodies", ledger: (ledger, random) => withRot(ledger, random, false) },
  },
  { name: "a lease without a token", from: 397, ledger: (ledger) => withoutToken(ledger, () => true) },
  { name: "a chunk taken and read in one statement", from: 98, ledger: withReadingInTake },
  { name: "a chunk without a fence", from: 23, ledger: (ledger) => withoutToken(ledger, isOfChunk) },
  { name: "a run taken over with its chunks left open", from: 29, ledger: withoutClosing },
  {
    name: "results published unverified",
    from: 5,
    ledger: withUntoldLoss,
    breaksWith: ["run_unbalanced"],
    unharmed: { name: "a disk that loses rows", ledger: withLoss, breaksWith: ["run_unbalanced"] },
  },
];

/** Parts that fail, with the real code above, which nothing then harms. */
export const UNHARMED: readonly Policy[] = [
  ...MUTANTS.flatMap(({ unharmed }) => unharmed ?? []),
  { name: "a chunk ended without its last change", ledger: withLeftovers },
];

/** Every policy that a history can be lived under, by name. Throws for a name of none. */
export function policyOf(name: string): Policy {
  const all = [REAL, ...MUTANTS, ...UNHARMED];
  const found = all.find((policy) => policy.name === name);
  if (found === undefined)
    throw new Error(`there is no policy ${name}; there are ${all.map((one) => one.name).join(", ")}`);
  return found;
}
