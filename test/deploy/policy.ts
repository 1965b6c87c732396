/**
 * Judges requests by an IAM policy, for as much of IAM's language as the policies in deploy/iam use; anything else throws, so that
 * nothing passes by not being understood. What no statement allows is denied, and a deny goes before every allow.
 */
export interface Policy {
  readonly Version: string;
  readonly Statement: readonly PolicyStatement[];
}

interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface PolicyRequest {
  readonly action: string;
  readonly resource: string;
  /** Condition keys; one that is missing is not in the request. */
  readonly context: Readonly<Record<string, string>>;
}

const STATEMENT_KEYS = ["Sid", "Effect", "Action", "Resource", "Condition"];
const ACTIONS = /^(s3:(\*|[A-Z][A-Za-z]+)|kms:[A-Z][A-Za-z]+)$/;
const KEYS = ["s3:prefix", "s3:if-none-match", "aws:SecureTransport", "kms:ViaService"];

/** Throws for a file that is no policy as IAM's grammar has it. */
export function parsePolicy(text: string): Policy {
  const policy = JSON.parse(text) as Policy;
  const fail = (what: string) => {
    throw new Error(what);
  };
  if (Object.keys(policy).join() !== "Version,Statement" || policy.Version !== "2012-10-17") fail("no policy");
  for (const statement of policy.Statement) {
    const unknown = Object.keys(statement).filter((key) => !STATEMENT_KEYS.includes(key));
    if (unknown.length > 0) fail(`${unknown} is unknown`);
    if (!/^[A-Za-z0-9]+$/.test(statement.Sid)) fail(`${statement.Sid} is no Sid`);
    if (!["Allow", "Deny"].includes(statement.Effect)) fail(`${statement.Effect} is no effect`);
    for (const action of list(statement.Action)) if (!ACTIONS.test(action)) fail(`${action} is no action`);
    for (const resource of list(statement.Resource))
      if (!/^(\*|arn:aws:(s3:::[^/]+(\/.+)?|kms:[^:]+:[^:]+:key\/[^*]+))$/.test(resource))
        fail(`${resource} is no resource`);
  }
  const sids = policy.Statement.map(({ Sid }) => Sid);
  if (new Set(sids).size < sids.length) fail("two statements have one Sid");
  // IAM counts no white space, and takes 6,144 characters of a managed policy.
  if (JSON.stringify(policy).length > 6_144) fail("too long");
  return policy;
}

export function isAllowed(policy: Policy, request: PolicyRequest): boolean {
  const fitting = policy.Statement.filter((statement) => fits(statement, request));
  return fitting.some(({ Effect }) => Effect === "Allow") && !fitting.some(({ Effect }) => Effect === "Deny");
}

function fits(
  { Action, Resource, Condition = {} }: PolicyStatement,
  { action, resource, context }: PolicyRequest,
): boolean {
  return (
    list(Action).some((pattern) => isLike(action, pattern)) &&
    list(Resource).some((pattern) => isLike(resource, pattern)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds(operator, key, list(values), context)),
    )
  );
}

function holds(
  operator: string,
  key: string,
  values: readonly string[],
  context: Readonly<Record<string, string>>,
): boolean {
  if (!KEYS.includes(key)) throw new Error(`the key ${key} is not known here`);
  const { [key]: value } = context;
  switch (operator) {
    case "Null":
      return values.includes(String(value === undefined));
    case "StringLike":
      return value !== undefined && values.some((pattern) => isLike(value, pattern));
    case "StringEquals":
    case "Bool":
      return value !== undefined && values.includes(value);
    default:
      throw new Error(`the operator ${operator} is not known here`);
  }
}

/** `*` is any number of characters, slashes included, and `?` is one. */
function isLike(text: string, pattern: string): boolean {
  const expression = RegExp.escape(pattern).replaceAll("\\*", ".*").replaceAll("\\?", ".");
  return new RegExp(`^${expression}$`, "s").test(text);
}

function list(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}
