/**
 * The bank: a token for each scope, whether it takes the token, how far its clock is off, whether the look-up answers, and how long a read
 * takes. Only reads, of accounts that are not there.
 */
import { randomBytes } from "node:crypto";
import type { Answer, BankApi, Failure } from "../bank/bank-api.ts";
import { CODES } from "../errors/codes/codes.ts";
import { CLOCK_SKEW_REPORTED_MS, issueOfClockSkew } from "../run/clock-skew.ts";
import { counted } from "../text/counted.ts";
import { bad, good, poor, type Remark } from "./finding.ts";

const READS = 5;
/** A night of 10,000 rows then takes hours rather than minutes. */
const SLOW_MS = 1_000;

export interface BankAsked {
  readonly apiUrl: string;
  /** What the jobs need. */
  readonly scopes: readonly string[];
  /** Whether a job uses the look-up by client_account_id. */
  readonly lookup: boolean;
  /** A client that asks for these scopes. */
  readonly open: (scopes: readonly string[]) => BankApi;
}

/** `stop` ends all waiting. */
export async function checkBank(asked: BankAsked, stop: AbortSignal): Promise<Remark[]> {
  const seen: Remark[] = [];
  const refused = new Map<string, Failure>();
  let clock: readonly Remark[] = [];
  for (const scope of asked.scopes) {
    const bank = asked.open([scope]);
    stop.addEventListener("abort", () => bank.stop(), { once: true });
    try {
      const token = await bank.authenticate();
      clock = judgeClock(bank);
      if (token.ok) seen.push(...(await tryToken(bank, scope, asked)));
      else if (isOfScope(token.failure)) refused.set(scope, token.failure);
      else return [bad(noToken(asked, token.failure), nextOf(token.failure, scope)), ...clock];
    } finally {
      await bank.close(0);
    }
  }
  return [...judgeRefused(refused, asked), ...seen, ...clock];
}

/** The bank's own no to the client or its scope: asked for another scope, it may say yes. */
function isOfScope({ code, bankCode, status }: Failure): boolean {
  return code === "bank_credentials_refused" || (code === "bank_forbidden" && (bankCode !== "" || status !== 403));
}

function noToken({ apiUrl }: BankAsked, { message }: Failure): string {
  return `${apiUrl} gives no token: ${message.replace(/^no token: /, "")}`;
}

function judgeRefused(refused: ReadonlyMap<string, Failure>, asked: BankAsked): Remark[] {
  const { apiUrl, scopes } = asked;
  const [first] = refused.values();
  if (first === undefined) return [];
  if (refused.size < scopes.length)
    return [...refused].map(([scope, failure]) =>
      bad(noToken(asked, failure), `ask the bank to give this client the scope ${scope}`),
    );
  const next = `see that LEAD_CLIENT_ID and LEAD_CLIENT_SECRET are of ${apiUrl} and have not expired; if they are right, ask the bank for ${scopes.join(", ")}`;
  return [bad(noToken(asked, first), next)];
}

/** The first scope is that of accounts, with which the rest is seen too. */
async function tryToken(bank: BankApi, scope: string, asked: BankAsked): Promise<Remark[]> {
  const answer = await readWith(bank, scope);
  if (answer.ok || (answer.failure.kind === "refused" && answer.failure.status === 404)) {
    const taken = good(`${asked.apiUrl} gives a token for ${scope}, and takes it`);
    return [taken, ...(scope === asked.scopes[0] ? await checkAccounts(bank, asked) : [])];
  }
  const text = `${asked.apiUrl} gives a token for ${scope}, and refuses a read with it: ${answer.failure.message}`;
  return [bad(text, nextOf(answer.failure, scope))];
}

/** One read that the scope is for, of something that is not there. */
function readWith(bank: BankApi, scope: string): Promise<Answer<unknown>> {
  const none = `tieout_doctor_${randomBytes(4).toString("hex")}`;
  if (scope.startsWith("entity/")) return bank.fetchEntity(`entity_${none}`);
  if (scope.startsWith("application/")) return bank.fetchApplication(`application_${none}`);
  return bank.fetchAccount(`account_${none}`);
}

function nextOf({ code, bankCode, status, outage }: Failure, scope: string): string {
  const isPage = code === "gateway_refused" || (bankCode === "" && status >= 300 && status < 500);
  if (isPage)
    return "a firewall or proxy seems to answer in the bank's place: ask who runs it, and whether the bank's list has this host's address";
  if (code === "bank_forbidden")
    return `ask the bank for the scope ${scope}, and whether this host's address is on its list`;
  if (code === "bank_answer_unreadable")
    return "see that LEAD_API_URL is the bank's; a proxy or a network's log-in page may answer in its place";
  if (code === "bank_unreachable") return "see that LEAD_API_URL is right, and that this host can reach it";
  return CODES[outage === true ? "no_token" : code].todo;
}

async function checkAccounts(bank: BankApi, { lookup }: BankAsked): Promise<Remark[]> {
  const times: number[] = [];
  for (let read = 0; read < READS; read += 1) {
    const beganMs = performance.now();
    const answer = await readWith(bank, "account/read");
    if (!answer.ok && answer.failure.status !== 404) return [];
    times.push(performance.now() - beganMs);
  }
  const medianMs = Math.ceil(times.sort((a, b) => a - b)[Math.floor(READS / 2)] ?? 0);
  const text = `a read takes ${medianMs} ms (the median of ${READS})`;
  const pace =
    medianMs < SLOW_MS
      ? good(text)
      : poor(text, "ask whether a proxy or a distant region is on the way; see docs/operating.md, Calls");
  return [pace, ...(lookup ? [await tryLookup(bank)] : [])];
}

function judgeClock(bank: BankApi): Remark[] {
  const skewMs = bank.clockSkewMs();
  if (skewMs === null) return [];
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const side = skewMs > 0 ? "behind" : "ahead of";
  const text = `this machine's clock is ${counted(seconds, "second")} ${side} the bank's`;
  const next = "set this machine's clock, such as by timedatectl set-ntp true";
  const issue = issueOfClockSkew(skewMs);
  if (issue !== null) return [bad(`${issue.message}, so nothing would be sent`, next)];
  return Math.abs(skewMs) > CLOCK_SKEW_REPORTED_MS
    ? [poor(text, next)]
    : [good(seconds === 0 ? "the clocks agree" : text)];
}

async function tryLookup(bank: BankApi): Promise<Remark> {
  const answer = await bank.fetchByClientAccountId(`tieout-doctor-${randomBytes(8).toString("hex")}`);
  const without =
    "ask the bank to turn it on; until then rows for new accounts are held, unless the job says how to create them";
  if (!answer.ok) return poor(`the look-up by client_account_id does not work: ${answer.failure.message}`, without);
  const { ids, listed } = answer.value;
  if (ids.length > 0)
    return poor("the look-up by client_account_id finds accounts under an id that nobody has", without);
  return good(
    listed
      ? "the look-up by client_account_id answers"
      : "the look-up by client_account_id finds none, as a bank without it would say too; a run proves it before it creates anything",
  );
}
