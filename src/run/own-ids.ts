/**
 * Resolves ids that the program gave to customers and applications: each is asked for once in a run, remembered in the
 * ledger for the bank, and counts only when the bank shows what was found under that very id (contract, "The look-up must
 * prove itself"). Memory holds only what is under way.
 */
import type { OwnIdKind } from "../account.ts";
import type { Answer, BankApi, Failure } from "../bank/bank-api.ts";
import type { Clock } from "../clock.ts";
import type { Issue } from "../errors/issue.ts";
import type { Ledger, Verdict } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import {
  columnsOf,
  findTwice,
  type OwnId,
  ownIdsOf,
  type Resolution,
  sameOwnId,
  withBankIds,
} from "../plan/own-ids.ts";
import type { Desired } from "../read/change.ts";
import type { Needed } from "../report/calls.ts";
import { counted } from "../text/counted.ts";
import { mask } from "../text/show-id.ts";
import type { FromBank } from "./failure.ts";
import { listNamedIds } from "./list-named-ids.ts";

/** How many own ids the look-up is tried on before it counts as unproven: so many of earlier runs, and so many of this file. */
const CANDIDATES = 20;
/** How many of the bank's ids in the file give it further own ids to be tried on. */
const NAMED_CANDIDATES = 5;
/** The most matches of one look-up that are fetched to see whether they are the right one. */
const MATCHES_CHECKED = 20;

/** `verdict` ends the change; it is null when `desired` has only the bank's ids. */
export interface ResolvedChange {
  readonly desired: Desired;
  readonly resolutions: readonly Resolution[];
  readonly verdict: Verdict | null;
}

/** What an own id came to. `found` are the bank's ids that have it; `another`: something was named that has another one. */
interface OwnIdFinding extends Omit<Resolution, keyof OwnId | "id"> {
  readonly found: readonly string[];
  readonly another: boolean;
}

interface JudgedOwnId {
  readonly resolution: Resolution;
  readonly issue: Omit<Issue, "column"> | null;
}

/** What the bank names: its own id, and the program's if it says. */
interface NamedByBank {
  readonly id: string;
  readonly own: string | undefined;
}

const NOUN = { client_customer_id: ["entity", "entities"], client_application_id: ["application"] } as const;

export class OwnIds {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #bank: BankApi;
  readonly #run: Run;
  readonly #needed: Needed;
  readonly #underWay = new Map<string, Promise<Answer<OwnIdFinding>>>();
  readonly #proven = new Set<OwnIdKind>();
  readonly #proofs = new Map<OwnIdKind, Promise<Failure | null>>();

  constructor({ ledger, clock }: { ledger: Ledger; clock: Clock }, bank: BankApi, run: Run, needed: Needed) {
    this.#ledger = ledger;
    this.#clock = clock;
    this.#bank = bank;
    this.#run = run;
    this.#needed = needed;
  }

  /** The change with the bank's ids, and every reason against it; or the first failure to ask. */
  async resolve(desired: Desired): Promise<FromBank<ResolvedChange>> {
    const ids = ownIdsOf(desired);
    if (ids.length === 0) return { ok: true, value: { desired, resolutions: [], verdict: null } };
    const kept = await this.#ledger.ownIds.read(this.#run.bank, ids);
    const answers = await Promise.all(
      ids.map((id): Promise<Answer<JudgedOwnId>> | Answer<JudgedOwnId> => {
        const known = kept.find((one) => sameOwnId(one, id));
        if (known === undefined) return this.#judge(id);
        return { ok: true, value: { resolution: known, issue: null }, status: known.status };
      }),
    );
    const judged: JudgedOwnId[] = [];
    for (const answer of answers) {
      if (!answer.ok) return answer;
      judged.push(answer.value);
    }
    const resolutions = judged.map(({ resolution }) => resolution);
    const issues = judged.flatMap(({ resolution, issue }) =>
      issue === null ? [] : columnsOf(desired, resolution).map((column): Issue => ({ ...issue, column })),
    );
    const all = [...issues, ...findTwice(desired, resolutions)];
    const isHeld = all.every(({ code }) => code === "own_id_unproven");
    const verdict = all.length === 0 ? null : ({ word: isHeld ? "held" : "refused", issues: all } as const);
    return { ok: true, value: { desired: withBankIds(desired, resolutions), resolutions, verdict } };
  }

  async #judge(id: OwnId): Promise<Answer<JudgedOwnId>> {
    const answer = await this.#once(id);
    if (!answer.ok) return answer;
    const { found, another, run, atMs, status } = answer.value;
    const [first, ...others] = found;
    const isOne = first !== undefined && others.length === 0;
    const resolution = { ...id, id: isOne ? first : null, run, atMs, status };
    const judged = (issue: JudgedOwnId["issue"]): Answer<JudgedOwnId> => ({
      ok: true,
      value: { resolution, issue },
      status,
    });
    const [one, many = `${one}s`]: readonly [string, string?] = NOUN[id.kind];
    // The results show the whole id beside the message.
    const named = `${id.kind} ${mask(id.own)}`;
    if (isOne) return judged(null);
    if (first !== undefined) {
      const message = `the bank has ${counted(found.length, one, many)} with ${named}: ${found.join(", ")}`;
      return judged({ code: "own_id_ambiguous", message });
    }
    if (another) {
      const message = `the bank's look-up of ${named} answered with an ${one} that has another ${id.kind}`;
      return judged({ code: "own_id_of_another", message });
    }
    const failure = await this.#prove(id.kind);
    if (failure !== null) return { ok: false, failure };
    if (this.#proven.has(id.kind)) {
      const message = `the bank has no ${one} with ${named}; result_ids has the whole id`;
      return judged({ code: "own_id_not_found", message });
    }
    const message = `the bank's look-up has not yet found any ${one} by ${id.kind}, so it is not known whether the bank has ${mask(id.own)}; give the bank's own id, or run the held rows again once the look-up finds one that the bank has`;
    return judged({ code: "own_id_unproven", message });
  }

  #once(id: OwnId): Promise<Answer<OwnIdFinding>> {
    const key = `${id.kind}=${id.own}`;
    const underWay = this.#underWay.get(key) ?? this.#ask(id, key).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, underWay);
    return underWay;
  }

  async #ask(id: OwnId, key: string): Promise<Answer<OwnIdFinding>> {
    const kept = await this.#ledger.facts.read(this.#run, key);
    if (kept) {
      const value = JSON.parse(kept) as OwnIdFinding;
      return { ok: true, value, status: value.status };
    }
    const answer = await this.#lookUp(id);
    if (!answer.ok) return answer;
    this.#needed.reads += 1;
    const value = { ...answer.value, run: this.#run.id, atMs: this.#clock.nowMs(), status: answer.status };
    const [only, ...others] = value.found;
    if (only !== undefined && others.length === 0) {
      if (!value.another) this.#proven.add(id.kind);
      const { run, atMs, status } = value;
      await this.#ledger.ownIds.record(this.#run, { ...id, id: only, run, atMs, status });
    } else {
      await this.#ledger.facts.record(this.#run, key, JSON.stringify(value));
    }
    return { ok: true, value, status: answer.status };
  }

  async #lookUp({ kind, own }: OwnId): Promise<Answer<Pick<OwnIdFinding, "found" | "another">>> {
    const answer = await this.#fetchBy(kind, own);
    if (!answer.ok) return { ok: false, failure: ofLookUp(answer.failure, kind) };
    const found = new Set<string>();
    let another = false;
    for (const named of answer.value.slice(0, MATCHES_CHECKED)) {
      // If the answer leaves the own id out, the entity or application itself is fetched.
      const shown = named.own === undefined ? await this.#fetchOwn(kind, named.id) : named.own;
      if (typeof shown === "object") return { ok: false, failure: shown };
      if (shown === own) found.add(named.id);
      else another = true;
    }
    return { ok: true, value: { found: [...found], another }, status: answer.status };
  }

  async #fetchBy(kind: OwnIdKind, own: string): Promise<Answer<readonly NamedByBank[]>> {
    if (kind === "client_customer_id") {
      const answer = await this.#bank.fetchByClientCustomerId(own);
      if (!answer.ok) return answer;
      return { ...answer, value: answer.value.map(({ id, client_customer_id }) => ({ id, own: client_customer_id })) };
    }
    const answer = await this.#bank.fetchByClientApplicationId(own);
    if (!answer.ok) return answer;
    return {
      ...answer,
      value: answer.value.map(({ id, client_application_id }) => ({ id, own: client_application_id })),
    };
  }

  async #fetchOwn(kind: OwnIdKind, id: string): Promise<string | undefined | Failure> {
    if (kind === "client_customer_id") {
      const entity = await this.#bank.fetchEntity(id);
      return entity.ok ? entity.value?.client_customer_id : entity.failure;
    }
    const application = await this.#bank.fetchApplication(id);
    return application.ok ? application.value?.client_application_id : application.failure;
  }

  #prove(kind: OwnIdKind): Promise<Failure | null> {
    const proof = this.#proofs.get(kind) ?? this.#tryOnce(kind);
    this.#proofs.set(kind, proof);
    return proof;
  }

  /** No answer says nothing about the look-up: the next row that needs the proof asks again. */
  async #tryOnce(kind: OwnIdKind): Promise<Failure | null> {
    const failure = await this.#tryCandidates(kind);
    if (failure !== null) this.#proofs.delete(kind);
    return failure;
  }

  /** Tries until one is found that is known to exist. */
  async #tryCandidates(kind: OwnIdKind): Promise<Failure | null> {
    const { ownIds } = this.#ledger;
    for (const { own, id } of await ownIds.listKnown(this.#run.bank, kind, CANDIDATES)) {
      if (this.#proven.has(kind)) return null;
      const answer = await this.#lookUp({ kind, own });
      if (!answer.ok) return answer.failure;
      if (answer.value.found.join() === id && !answer.value.another) this.#proven.add(kind);
    }
    const named = await listNamedIds(this.#ledger, this.#run, kind, { own: CANDIDATES, bank: NAMED_CANDIDATES });
    for (const id of named.bank) {
      if (this.#proven.has(kind)) return null;
      const own = await this.#fetchOwn(kind, id);
      if (typeof own === "object") return own;
      const answer = own === undefined ? null : await this.#once({ kind, own });
      if (answer?.ok === false) return answer.failure;
    }
    for (const own of named.own) {
      if (this.#proven.has(kind)) return null;
      const answer = await this.#once({ kind, own });
      if (!answer.ok) return answer.failure;
    }
    return null;
  }
}

/** Names the look-up in the message: only this call needs that scope. */
function ofLookUp(failure: Failure, kind: OwnIdKind): Failure {
  const [route, scope] =
    kind === "client_customer_id" ? ["entities", "entity/read"] : ["applications", "application/read"];
  const message = `${failure.message}, when the bank was asked for a ${kind} (GET /v0/${route}, scope ${scope})`;
  return { ...failure, message };
}
