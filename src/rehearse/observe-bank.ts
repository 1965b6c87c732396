/**
 * A bank that can only be read, and whose answers are kept for the stand-in of a rehearsal. A call that would change the bank is a bug, and
 * ends the command.
 */
import type { Account, Application, Entity, Relationships } from "../account.ts";
import type { Answer, BankApi, LookUp } from "../bank/bank-api.ts";
import { FatalError } from "../errors/fatal-error.ts";

/** The bank's latest answers, by id. Kept in memory. */
export class Observed {
  readonly accounts = new Map<string, Account>();
  /** Only of accounts that were asked for them. */
  readonly relationships = new Map<string, Relationships>();
  /** Null for one that the bank does not have; missing for one that was not asked for. */
  readonly entities = new Map<string, Entity | null>();
  readonly applications = new Map<string, Application | null>();
  /** By `client_account_id`; null where the bank did not answer as a look-up does. */
  readonly lookUps = new Map<string, LookUp | null>();
}

export function observeBank(bank: BankApi, observed: Observed): BankApi {
  const keep = async <Value>(answering: Promise<Answer<Value>>, id: string, kept: Map<string, Value>) => {
    const answer = await answering;
    if (answer.ok) kept.set(id, answer.value);
    return answer;
  };
  return {
    fetchAccount: (id) => keep(bank.fetchAccount(id), id, observed.accounts),
    fetchRelationships: (id) => keep(bank.fetchRelationships(id), id, observed.relationships),
    fetchEntity: (id) => keep(bank.fetchEntity(id), id, observed.entities),
    fetchApplication: (id) => keep(bank.fetchApplication(id), id, observed.applications),
    async fetchByClientAccountId(id) {
      const answer = await bank.fetchByClientAccountId(id);
      if (answer.ok) observed.lookUps.set(id, answer.value);
      else if (answer.failure.code === "lookup_unproven") observed.lookUps.set(id, null);
      return answer;
    },
    async fetchByClientCustomerId(own) {
      const answer = await bank.fetchByClientCustomerId(own);
      for (const entity of answer.ok ? answer.value : []) observed.entities.set(entity.id, entity);
      return answer;
    },
    async fetchByClientApplicationId(own) {
      const answer = await bank.fetchByClientApplicationId(own);
      for (const application of answer.ok ? answer.value : []) observed.applications.set(application.id, application);
      return answer;
    },
    createAccount: refuse,
    patchAccount: refuse,
    activateAccount: refuse,
    deactivateAccount: refuse,
    closeAccount: refuse,
    addRelationships: refuse,
    removeRelationship: refuse,
    authenticate: () => bank.authenticate(),
    clockSkewMs: () => bank.clockSkewMs(),
    longestWaitMs: () => bank.longestWaitMs(),
    throughput: () => bank.throughput(),
    steer: (steering) => bank.steer(steering),
    stop: () => bank.stop(),
    close: (graceMs) => bank.close(graceMs),
  };
}

function refuse(): never {
  throw new FatalError("internal", "a call that changes the bank was made in a command that only reads", {
    hint: "send this line to the Tieout maintainers; nothing was sent",
  });
}
