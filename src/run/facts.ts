/**
 * What the bank holds of the entities and applications that rows name: each is fetched once in a run, kept in the ledger,
 * and shared by every row that names it. Memory holds only what is under way.
 */
import type { Application, Entity } from "../account.ts";
import type { Answer, BankApi } from "../bank/bank-api.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import type { BankFacts, namesToKnow } from "../plan/find-unfit.ts";
import type { Needed } from "../report/calls.ts";
import type { FromBank } from "./failure.ts";

type Fact<Value> = Answer<Value | null>;

export class Facts {
  readonly #ledger: Ledger;
  readonly #bank: BankApi;
  readonly #run: Run;
  readonly #needed: Needed;
  readonly #underWay = new Map<string, Promise<Fact<unknown>>>();

  constructor(ledger: Ledger, bank: BankApi, run: Run, needed: Needed) {
    this.#ledger = ledger;
    this.#bank = bank;
    this.#run = run;
    this.#needed = needed;
  }

  /** All that is asked for, or the first failure to get it. */
  async know({ entities, applications }: ReturnType<typeof namesToKnow>): Promise<FromBank<BankFacts>> {
    const [ofEntities, ofApplications] = await Promise.all([
      Promise.all(entities.map((id) => this.#once<Entity>(id, () => this.#bank.fetchEntity(id)))),
      Promise.all(applications.map((id) => this.#once<Application>(id, () => this.#bank.fetchApplication(id)))),
    ]);
    for (const answer of [...ofEntities, ...ofApplications]) if (!answer.ok) return answer;
    const known = { entities: byId(entities, ofEntities), applications: byId(applications, ofApplications) };
    return { ok: true, value: known };
  }

  #once<Value>(id: string, fetch: () => Promise<Fact<Value>>): Promise<Fact<Value>> {
    const underWay = this.#underWay.get(id) ?? this.#find(id, fetch).finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, underWay);
    // The beginning of an id says what it names, so one id is never asked for as two kinds.
    return underWay as Promise<Fact<Value>>;
  }

  async #find<Value>(id: string, fetch: () => Promise<Fact<Value>>): Promise<Fact<Value>> {
    const kept = await this.#ledger.facts.read(this.#run, id);
    if (kept !== undefined) return { ok: true, value: kept === null ? null : (JSON.parse(kept) as Value), status: 200 };
    const answer = await fetch();
    if (answer.ok) {
      this.#needed.reads += 1;
      await this.#ledger.facts.record(this.#run, id, answer.value === null ? null : JSON.stringify(answer.value));
    }
    return answer;
  }
}

function byId<Value>(ids: readonly string[], answers: readonly Fact<Value>[]): Map<string, Value | null> {
  return new Map(ids.map((id, index) => [id, answers[index]?.ok ? answers[index].value : null]));
}
