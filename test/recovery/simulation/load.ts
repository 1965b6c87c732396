/**
 * The load of one history: the accounts that the bank has, and the rows of two jobs that want something of them, in part
 * of the same ones. Draws only; what each row wants is kept beside its cells, for the oracle.
 */
import { stringify } from "csv-stringify/sync";
import type { Status, StatusReason } from "../../../src/account.ts";
import type { SandboxAccount, SandboxEntity } from "../../../src/sandbox/state/bank-state.ts";
import { seedAccount, seedEntity } from "../../../src/sandbox/state/seed.ts";
import type { Random } from "./random.ts";

export const ROWS = 36;
const SIDE_ROWS = 4;
/** Of a file that both jobs get. */
const SHARED_ROWS = 12;

export const JOBS = ["core", "side"] as const;
export type JobName = (typeof JOBS)[number];

const COLUMNS = [
  "account_id",
  "client_account_id",
  "capabilities",
  "account_holders",
  "authorized_users",
  "product_name",
  "status",
  "status_reason",
  "correction",
  "metadata.core",
  "metadata.side",
] as const;
type Cells = Partial<Record<(typeof COLUMNS)[number], string>>;

/** One row: whose account it is about, by client_account_id, and what the account is to have when it is applied. */
export interface Row {
  readonly client: string;
  readonly cells: Cells;
  readonly isContradiction: boolean;
}

export interface Load {
  readonly entities: readonly SandboxEntity[];
  readonly accounts: readonly SandboxAccount[];
  /** In order of the file, whose first row of data is row 2. */
  readonly rows: Readonly<Record<JobName, readonly Row[]>>;
  /** Whether both jobs get the same bytes, `side` once `core` is done and somebody has set back what it did. */
  readonly isOfSameBytes: boolean;
}

const ENTITIES = ["entity_ann", "entity_bob", "entity_cid", "entity_dee"] as const;
/** What the program calls some of them, where its files name entities by ids of its own. */
const OWN_IDS: Readonly<Record<string, string>> = { entity_bob: "customer bob", entity_dee: "customer dee" };
const ENTITY_COLUMNS: readonly string[] = ["account_holders", "authorized_users"];

export function drawLoad(random: Random, nowMs: number, isOfSameBytes: boolean): Load {
  const entities = ENTITIES.map((id) => {
    const own = OWN_IDS[id];
    return seedEntity({ id, ...(own !== undefined && { client_customer_id: own }) }, nowMs);
  });
  const accounts: SandboxAccount[] = [];
  const core: Row[] = [];
  while (core.length < ROWS) {
    const last = core.at(-1);
    if (last !== undefined && random.chance(0.1)) core.push(drawTwin(random, last));
    else if (random.chance(0.45)) core.push(drawCreate(random, `n${core.length}`));
    else {
      const account = drawAccount(random, accounts.length + 1, entities, nowMs);
      accounts.push(account);
      core.push(drawChange(random, account));
    }
  }
  const side = Array.from({ length: SIDE_ROWS }, () => drawShared(random, random.pick(core)));
  const distinct = side.filter((row, at) => side.findIndex(({ client }) => client === row.client) === at);
  const shared = core.slice(0, SHARED_ROWS);
  return {
    entities,
    accounts,
    isOfSameBytes,
    rows: isOfSameBytes ? { core: shared, side: shared } : { core, side: distinct },
  };
}

/** The bytes of the job's file, in which some entities may have the program's own ids. */
export function fileOf(rows: readonly Row[], byOwnIds: boolean): Buffer {
  const named = (id: string) => (byOwnIds ? (OWN_IDS[id] ?? id) : id);
  const cellOf = ({ cells }: Row, column: (typeof COLUMNS)[number]) => {
    const cell = cells[column] ?? "";
    return ENTITY_COLUMNS.includes(column) ? cell.split(";").map(named).join(";") : cell;
  };
  const lines = rows.map((row) => COLUMNS.map((column) => cellOf(row, column)));
  return Buffer.from(stringify([[...COLUMNS], ...lines]));
}

const NEW_STATUSES: readonly Pick<Cells, "status" | "status_reason">[] = [
  {},
  {},
  { status: "active" },
  { status: "inactive", status_reason: "frozen" },
  { status: "closed", status_reason: "canceled" },
];

function drawCreate(random: Random, client: string): Row {
  const cells: Cells = {
    client_account_id: client,
    capabilities: "deposit",
    account_holders: random.pick(ENTITIES),
    product_name: `Made ${client}`,
    ...(random.chance(0.3) && { authorized_users: random.pick(ENTITIES) }),
    ...random.pick(NEW_STATUSES),
  };
  return { client, cells, isContradiction: false };
}

function drawAccount(random: Random, no: number, entities: readonly SandboxEntity[], nowMs: number): SandboxAccount {
  const known = new Map(entities.map((entity) => [entity.id, entity]));
  const [status, status_reason] = random.pick<readonly [Status, StatusReason]>([
    ["active", "active"],
    ["active", "active"],
    ["active", "active"],
    ["inactive", "dormant"],
    ["closed", "canceled"],
  ]);
  const relationships = { account_holder: ["entity_ann"], authorized_user: ["entity_bob"] };
  const long = nowMs - 30 * 24 * 3_600_000;
  return seedAccount(
    { id: `account_${no}`, client_account_id: `c${no}`, status, status_reason, relationships },
    known,
    long,
  );
}

function drawName(random: Random, id: string, client: string): Cells {
  return random.chance(0.5) ? { account_id: id } : { client_account_id: client };
}

/** What the row wants of an account that is there: one thing or several, of those that its status allows. */
function drawChange(random: Random, { id, client_account_id: client = "", status }: SandboxAccount): Row {
  const cells: Cells = drawName(random, id, client);
  if (status === "closed") cells.correction = "true";
  if (random.chance(0.6)) cells.product_name = `Changed ${client}`;
  if (random.chance(0.3))
    cells.authorized_users = random.pick(["entity_bob", "entity_cid;entity_dee", "entity_dee", "[]"]);
  if (random.chance(0.2)) cells["metadata.core"] = `core ${client}`;
  const wish = random.pick(status === "active" ? ["", "inactive", "closed"] : ["active", "active", "inactive"]);
  if (status === "closed" || wish === "active") cells.status = "active";
  if (status !== "closed" && wish === "inactive" && status === "active") {
    Object.assign(cells, { status: "inactive", status_reason: "frozen" });
  }
  if (status === "active" && wish === "closed") Object.assign(cells, { status: "closed", status_reason: "paid_off" });
  return { client, cells, isContradiction: false };
}

/** A second row for an account of the same file: it agrees with the first and adds to it, or contradicts it. */
function drawTwin(random: Random, { client, cells, isContradiction }: Row): Row {
  if (random.chance(0.7)) {
    return { client, cells: { ...cells, "metadata.core": `core ${client}` }, isContradiction };
  }
  return { client, cells: { ...cells, product_name: `Other ${client}` }, isContradiction: true };
}

/** The other job's row for the same account, by either of its names: the same wish, and a thing of its own. */
function drawShared(random: Random, { client, cells }: Row): Row {
  const { capabilities, account_holders, product_name } = cells;
  const isCreate = capabilities !== undefined;
  const same: Cells = isCreate
    ? { client_account_id: client, capabilities, ...(account_holders && { account_holders }) }
    : drawName(random, client.replace(/^c/, "account_"), client);
  return {
    client,
    cells: {
      ...same,
      ...(isCreate && { product_name: product_name ?? "" }),
      "metadata.side": `side ${client}`,
    },
    isContradiction: false,
  };
}
