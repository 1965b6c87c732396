/**
 * The rules over a whole row, as a table: a parsed row in, every rule it breaks out. They are judged from the row alone;
 * what depends on what the bank holds (a notice already there, what a new account needs) is for the plan.
 */
import { REASONS_OF_STATUS } from "../../account.ts";
import type { Code } from "../../errors/codes/codes.ts";
import type { Issue } from "../../errors/issue.ts";
import { mask } from "../../text/show-id.ts";
import type { Desired } from "../change.ts";
import { type ColumnName, GROUPS } from "../columns.ts";

/** `column` is the one to blame, in the `tieout` layout; "" for the row as a whole. */
interface Breach {
  readonly column: ColumnName | "";
  readonly message: string;
}

/** A row's values, and whether it gives a column at all: one with a fault is given, and has no value. */
interface GivenRow {
  readonly desired: Desired;
  readonly gives: (column: ColumnName) => boolean;
}

interface Rule {
  readonly code: Code;
  /** The bank has announced it and does not enforce it yet. */
  readonly isAnnounced?: true;
  readonly find: (row: GivenRow) => readonly Breach[];
}

const NONE: readonly Breach[] = [];
const SCORE = { min: 300, max: 850 } as const;

/** Contract, "The bank's own account file": rules applied there. */
const RESERVED_PREFIXES = ["account_", "subledgered_account_", "partner_ledgered_account_"] as const;

const RULES: Readonly<Record<string, Rule>> = {
  keyPresent: {
    code: "key_missing",
    find: ({ gives }) =>
      gives("account_id") || gives("client_account_id")
        ? NONE
        : [{ column: "", message: "the row has neither an account_id nor a client_account_id" }],
  },
  clientIdUnreserved: {
    code: "client_account_id_reserved",
    isAnnounced: true,
    find: ({ desired: { client_account_id: id }, gives }) => {
      // Beside an account_id it is only compared, and makes no account of that name.
      const isKey = id !== undefined && !gives("account_id");
      const prefix = !isKey ? undefined : RESERVED_PREFIXES.find((reserved) => id.startsWith(reserved));
      return prefix === undefined
        ? NONE
        : [
            {
              column: "client_account_id",
              message: `${mask(id ?? "")} begins with ${prefix}, which the bank reserves for its own use`,
            },
          ];
    },
  },
  groupsWhole: { code: "group_incomplete", find: findTornGroups },
  limitWithinMax: {
    code: "limit_above_max",
    isAnnounced: true,
    find: ({ desired: { limit, max_limit } }) =>
      limit === undefined || max_limit === undefined || limit <= max_limit
        ? NONE
        : [
            {
              column: "limit",
              message: `${maskNumber(limit)} is greater than the row's max_limit ${maskNumber(max_limit)}`,
            },
          ],
  },
  scoreInRange: {
    code: "score_out_of_range",
    find: ({ desired: { credit_score: score } }) =>
      score === undefined || (score >= SCORE.min && score <= SCORE.max)
        ? NONE
        : [{ column: "credit_score", message: `${maskNumber(score)} is not between ${SCORE.min} and ${SCORE.max}` }],
  },
  capabilitiesNamed: {
    code: "capabilities_empty",
    find: ({ desired: { capabilities } }) =>
      capabilities?.length === 0
        ? [{ column: "capabilities", message: "the list is empty, and a capability cannot be removed" }]
        : NONE,
  },
  holdersNamed: {
    code: "holders_empty",
    find: ({ desired: { account_holders } }) =>
      account_holders?.length === 0
        ? [{ column: "account_holders", message: "the list is empty, and an account needs at least one holder" }]
        : NONE,
  },
  signerNamed: {
    code: "signer_missing",
    find: ({ desired: { account_holder_type, authorized_signers } }) =>
      account_holder_type === "commercial" && authorized_signers?.length === 0
        ? [{ column: "authorized_signers", message: "the list is empty, and a commercial account needs a signer" }]
        : NONE,
  },
  statusGiven: {
    code: "status_missing",
    find: ({ gives }) =>
      gives("status_reason") && !gives("status")
        ? [{ column: "status_reason", message: "status_reason is given without a status" }]
        : NONE,
  },
  reasonGiven: {
    code: "status_reason_missing",
    find: ({ desired: { status }, gives }) =>
      status === undefined || status === "active" || gives("status_reason")
        ? NONE
        : [{ column: "status", message: `${status} needs a status_reason: ${REASONS_OF_STATUS[status].join(", ")}` }],
  },
  reasonFits: {
    code: "status_reason_unfit",
    find: ({ desired: { status, status_reason: reason } }) =>
      status === undefined || reason === undefined || REASONS_OF_STATUS[status].includes(reason)
        ? NONE
        : [
            {
              column: "status_reason",
              message: `${reason} is no reason for ${status}, which takes ${REASONS_OF_STATUS[status].join(", ")}`,
            },
          ],
  },
};

const RULE_LIST = Object.values(RULES);

function maskNumber(value: number): string {
  return mask(String(value));
}

/** What of the rules is broken: issues make the row invalid, and notes do not. */
export interface BrokenRules {
  readonly issues: readonly Issue[];
  readonly notes: readonly Issue[];
}

/** Stands for the many rows that break none. */
const UNBROKEN: BrokenRules = { issues: [], notes: [] };

/** `faulty` are the columns whose cell has a fault of its own; with `announced` as `warn` announced rules make notes. */
export function findBrokenRules(desired: Desired, faulty: readonly string[], announced?: "warn"): BrokenRules {
  const row: GivenRow = { desired, gives: (column) => desired[column] !== undefined || faulty.includes(column) };
  let broken = UNBROKEN;
  for (const { code, isAnnounced, find } of RULE_LIST) {
    const breaches = find(row);
    if (breaches.length === 0) continue;
    const found = breaches.map((breach) => ({ code, ...breach }));
    const kind = isAnnounced && announced === "warn" ? "notes" : "issues";
    broken = { ...broken, [kind]: [...broken[kind], ...found] };
  }
  return broken;
}

function findTornGroups({ gives }: GivenRow): readonly Breach[] {
  let breaches: Breach[] | undefined;
  for (const { name, columns } of GROUPS) {
    const first = columns.find(gives);
    if (first === undefined || columns.every(gives)) continue;
    const missing = columns.filter((column) => !gives(column)).join(", ");
    breaches = [
      ...(breaches ?? []),
      { column: first, message: `the ${name} must be given completely or not at all: ${missing} is empty` },
    ];
  }
  return breaches ?? NONE;
}
