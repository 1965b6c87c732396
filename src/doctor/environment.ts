/**
 * The environment variables: whether each is there, and looks like what it should be. Values come in, and none goes out.
 */
import { checkApiUrl } from "../bank/check-api-url.ts";
import { FatalError } from "../errors/fatal-error.ts";
import { isProgramName, PROGRAM_RULE } from "../program-name.ts";
import { nearest } from "../text/nearest.ts";
import { bad, good, poor, type Remark } from "./finding.ts";

type EnvironmentValues = Readonly<Record<string, string | undefined>>;

export interface Variable {
  readonly name: string;
  /** What it is, for a variable that must be there. */
  readonly need?: string;
  /** Whether blanks around it are taken off; else they are a part of the value. */
  readonly isTrimmed?: true;
  /** What is wrong with a value, and what to do. */
  readonly judge?: (value: string) => Remark | undefined;
}

const BANK: readonly Variable[] = [
  { name: "LEAD_API_URL", need: "the bank's address, such as https://api.sandbox.lead.bank", judge: judgeApiUrl },
  { name: "LEAD_CLIENT_ID", need: "the client id from the bank", isTrimmed: true },
  { name: "LEAD_CLIENT_SECRET", need: "the client secret from the bank", isTrimmed: true, judge: judgeSecret },
  { name: "LEAD_CLIENT_SECRET_FILE", isTrimmed: true },
  { name: "LEAD_CLIENT_CERT_FILE", isTrimmed: true },
  { name: "LEAD_CLIENT_KEY_FILE", isTrimmed: true },
  { name: "LEAD_CLIENT_KEY_PASSPHRASE" },
  { name: "LEAD_PROGRAM", isTrimmed: true, judge: judgeProgram },
  { name: "TIEOUT_LEDGER" },
  { name: "PGPASSWORD" },
];

const BUCKET: readonly Variable[] = [
  { name: "AWS_REGION", judge: judgeRegion },
  { name: "AWS_ENDPOINT_URL_S3", judge: judgeEndpoint },
  { name: "AWS_PROFILE" },
  { name: "AWS_ACCESS_KEY_ID" },
  { name: "AWS_SECRET_ACCESS_KEY" },
  { name: "AWS_SESSION_TOKEN" },
];

/** Names that a mistyped one may be meant for. */
const KNOWN = [...BANK, ...BUCKET]
  .map(({ name }) => name)
  .concat("TIEOUT_LOG_LEVEL", "TIEOUT_DEBUG", "TIEOUT_BUCKET", "TIEOUT_FOLDER");

/** `hasBucket`: whether a job reads or writes a bucket. */
export function checkEnvironment(variables: EnvironmentValues, hasBucket: boolean): Remark[] {
  const inFile = Boolean(variables.LEAD_CLIENT_SECRET_FILE?.trim());
  const bank = BANK.filter(({ name }) => !(inFile && name === "LEAD_CLIENT_SECRET" && !variables[name]?.trim()));
  const asked = hasBucket ? [...bank, ...BUCKET] : bank;
  return [
    ...asked.flatMap((variable) => judgeVariable(variable, variables[variable.name])),
    ...(hasBucket ? judgeKeys(variables) : []),
    ...findMistyped(variables),
  ];
}

/** As some files of variables have them, and a process then gets them with the value. */
const QUOTED = /^\s*(["'`]).*\1\s*$|^\s*[“‘].*[”’]\s*$/s;
/** What an example has in place of a value. */
const PLACEHOLDER = /^(…|\.{3}|x{3,}|\*{3,}|<.*>|\$\{?\w+\}?|change-?_?me|todo|your[-_ ].*)$/i;

/** Nothing for one that need not be there and is not. */
export function judgeVariable({ name, need, isTrimmed, judge }: Variable, value = ""): Remark[] {
  const text = value.trim();
  if (text === "" && need !== undefined) return [bad(`${name} is not set`, `set ${name} to ${need}`)];
  if (value === "") return [];
  if (text === "") return [bad(`${name} has blanks alone`, `set ${name}, or leave it out`)];
  if (QUOTED.test(value))
    return [
      bad(`${name} has quotes around its value`, "set it without them: what starts Tieout took them as a part of it"),
    ];
  if (PLACEHOLDER.test(text)) return [bad(`${name} still has a placeholder`, `set ${name} to ${need ?? "its value"}`)];
  if (/[\r\n]/.test(text)) return [bad(`${name} has several lines`, "set it to one line")];
  const wrong = judge?.(text);
  if (wrong !== undefined) return [wrong];
  if (text !== value) {
    const blanks = `${name} has blanks or a line end around its value`;
    return isTrimmed
      ? [poor(blanks, "set it without them; Tieout takes them off, and other programs may not")]
      : [bad(blanks, "set it without them")];
  }
  return [good(`${name} is set`)];
}

function judgeApiUrl(value: string): Remark | undefined {
  try {
    checkApiUrl(value);
    return undefined;
  } catch (error) {
    if (error instanceof FatalError) return bad(error.message, error.hint);
    throw error;
  }
}

function judgeSecret(value: string): Remark | undefined {
  if (/\s/.test(value)) return bad("LEAD_CLIENT_SECRET has a blank within it", "copy it from the bank again");
  if (value.length >= 8) return undefined;
  return poor("LEAD_CLIENT_SECRET is shorter than any secret should be", "see that it is the whole secret");
}

function judgeProgram(value: string): Remark | undefined {
  return isProgramName(value) ? undefined : bad("LEAD_PROGRAM cannot be the name of a program", PROGRAM_RULE);
}

function judgeRegion(value: string): Remark | undefined {
  if (/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(value)) return undefined;
  return poor("AWS_REGION does not look like a region", "set it as in us-east-1, unless your store calls it otherwise");
}

function judgeEndpoint(value: string): Remark | undefined {
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol))
    return bad("AWS_ENDPOINT_URL_S3 is not a URL", "give it as https://host");
  if (url.protocol === "https:" || isLoopback(url.hostname)) return undefined;
  return poor(
    "AWS_ENDPOINT_URL_S3 begins with http://, so files travel unencrypted",
    "give it as https:// if the store has it",
  );
}

export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

/** The keys of AWS go together. */
function judgeKeys({
  AWS_ACCESS_KEY_ID: id,
  AWS_SECRET_ACCESS_KEY: secret,
  AWS_SESSION_TOKEN: token,
}: EnvironmentValues): Remark[] {
  if (id && !secret)
    return [
      bad("AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY", "set both, or neither to use a role or profile"),
    ];
  if (secret && !id)
    return [
      bad("AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID", "set both, or neither to use a role or profile"),
    ];
  if (id?.startsWith("ASIA") && !token)
    return [
      bad("AWS_ACCESS_KEY_ID is a temporary one, and AWS_SESSION_TOKEN is not set", "set all three of them together"),
    ];
  if (id?.startsWith("AKIA") && token)
    return [
      poor(
        "AWS_SESSION_TOKEN is set beside a lasting AWS_ACCESS_KEY_ID",
        "unset AWS_SESSION_TOKEN: it is of other keys",
      ),
    ];
  return id ? [] : [good("no AWS key is set: credentials come from a role or a profile")];
}

function findMistyped(variables: EnvironmentValues): Remark[] {
  return Object.keys(variables).flatMap((name) => {
    if (!/^(LEAD|TIEOUT|TIE_OUT)_/.test(name) || KNOWN.includes(name)) return [];
    const meant = nearest(name, KNOWN);
    return meant === undefined || variables[meant]
      ? []
      : [poor(`${name} is nothing that Tieout reads`, `did you mean ${meant}?`)];
  });
}
