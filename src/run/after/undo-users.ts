/**
 * Finds out what would take back what rows of the Authorized Users file have done to the users of one account: a row for each user, who is
 * removed if the run has added it and added if the run has removed it. Sends nothing that changes the bank.
 */
import type { BankApi } from "../../bank/bank-api.ts";
import { clientIdOf } from "../../change-keys.ts";
import type { StoredOperation, UserTime } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import type { Actual } from "../../plan/actual.ts";
import { changedUsers } from "../../plan/changed-users.ts";
import { isAsWanted } from "../../plan/diff/users-to-change.ts";
import { withBankIds } from "../../plan/own-ids.ts";
import type { UserChange } from "../../read/change.ts";
import type { Reading } from "../../read/reading.ts";
import { parseRow } from "../../read/row/parse-row.ts";
import type { RunContext } from "../context.ts";
import { endsRun } from "../failure.ts";
import { fetchActual } from "../fetch-actual.ts";
import { fatalOf, isNotSettled, type TouchedRow, type UndoneRow, type WhyNot } from "./undo-run.ts";

/** What the run has made of one user, and the row that said so. */
interface DoneUser {
  readonly user: UserChange;
  readonly row: number;
}

export async function undoUsers(
  context: RunContext,
  run: Run,
  bank: BankApi,
  reading: Reading,
  touched: TouchedRow,
  isWanted: (row: number) => boolean,
): Promise<readonly UndoneRow[]> {
  const { accountId, operations } = touched.result;
  const done = (await findDone(context, run, touched)).filter(({ row }) => isWanted(row));
  const not = ({ user, row }: DoneUser, why: WhyNot): UndoneRow => {
    const [before, after] = user.status === "active" ? ["", user.id] : [user.id, ""];
    return { cells: null, not: [{ row, accountId: accountId ?? "", field: "authorized_users", before, after, why }] };
  };
  if (operations.some(isNotSettled)) return done.map((one) => not(one, "not_settled"));
  if (accountId === null) return done.map((one) => not(one, "before_unknown"));
  const ids = done.map(({ user }) => user.id);
  const times = await context.ledger.userTimes.read(run.bank, accountId, ids);
  const now = await fetchActual(bank, accountId, () => true);
  if (!now.ok && endsRun(now.failure)) throw fatalOf(now.failure);
  const missing = now.ok || now.failure.code !== "account_not_found" ? "unreadable" : "missing";
  return done.map((one): UndoneRow => {
    const why = now.ok ? whyNot(run, one, now.value, times) : missing;
    if (why !== null) return not(one, why);
    const cells = writeCells(reading, run, clientIdOf(touched.change.key), one);
    return cells === null ? not(one, "no_cell") : { cells, not: [] };
  });
}

function whyNot(run: Run, { user }: DoneUser, now: Actual, times: readonly UserTime[]): WhyNot | null {
  const time = times.find(({ entityId }) => entityId === user.id);
  if (time !== undefined && time.byRun > run.no) return "later_run";
  return isAsWanted(user, now.relationships?.authorized_user ?? []) ? null : "changed_since";
}

/** The users that calls of the change have added or removed, or may have. */
async function findDone({ ledger }: RunContext, run: Run, { result, change }: TouchedRow): Promise<DoneUser[]> {
  const sent = result.operations.filter((one) => one.state === "applied" || isNotSettled(one));
  const statusOf = new Map(sent.flatMap((operation) => changedUsers(operation, {}, []).map(statusBy(operation))));
  const origins = await ledger.rows.readOrigins(run, change.rows);
  const rowOf = new Map<string, number>();
  for (const { source } of origins) {
    const row = run.reading === null ? null : parseRow(source, run.reading);
    const { users = [] } = row?.kind === "desired" ? withBankIds(row.desired, result.resolutions) : {};
    for (const user of users) if (user.status === statusOf.get(user.id)) rowOf.set(user.id, source.row);
  }
  return [...statusOf].map(([id, status]) => ({ user: { id, status }, row: rowOf.get(id) ?? result.source.row }));
}

const statusBy =
  ({ kind }: StoredOperation) =>
  ({ entityId }: { readonly entityId: string }): [string, UserChange["status"]] => [
    entityId,
    kind === "remove_relationship" ? "inactive" : "active",
  ];

/** Null where our own reader would not give exactly it back. */
function writeCells(reading: Reading, run: Run, account: string, { user, row }: DoneUser): readonly string[] | null {
  const status = user.status === "active" ? "inactive" : "active";
  const texts: Readonly<Record<string, string>> = {
    entity_id: user.id,
    account_id: account,
    status,
    undoes_run: run.id,
    undoes_row: String(row),
  };
  const cells = reading.header.map((name) => texts[name] ?? "");
  const read = parseRow({ row: 1, byteOffset: 0, cells }, reading);
  if (read.kind !== "desired") return null;
  const [written] = read.desired.users ?? [];
  const isSame = read.desired.client_account_id === account && written?.id === user.id && written.status === status;
  return isSame ? cells : null;
}
