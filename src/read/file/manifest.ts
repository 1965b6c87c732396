/**
 * The manifest beside a file: fetched from the file's own store and read as JSON, or why there is none to go by. Says what
 * the file must be; never looks into it.
 */
import { z } from "zod";
import { type Rejected, rejected } from "../../errors/rejection.ts";
import type { FileStore } from "../../store/file-store.ts";
import { counted, grouped } from "../../text/counted.ts";
import type { StatedTotals } from "../reading.ts";
import { parseDecimal } from "../totals/exact-decimal.ts";
import { dayInName } from "../totals/parse-day.ts";

/** What the manifest says; what it leaves out is not compared. `sha256` is lower-case hex over the bytes as stored. */
export interface Manifest {
  readonly kind: "manifest";
  readonly sha256?: string | undefined;
  readonly sequence?: string | undefined;
  readonly stated: StatedTotals;
}

const MAX_MANIFEST_BYTES = 64 * 1024;

const name = z.string().min(1);
/** A number of JSON is taken as it is written: it never becomes a binary fraction. */
const decimal = z.string().refine((text) => parseDecimal(text) !== undefined);
const whole = z.string().regex(/^\d{1,1000}$/);
const manifestSchema = z
  .object({
    rows: z.int().min(0).optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/i)
      .toLowerCase()
      .optional(),
    sequence: z.union([z.string().min(1), z.int().min(0).transform(String)]).optional(),
    sums: z.record(name, decimal).optional(),
    hashTotals: z
      .record(
        name,
        z.union([
          whole.transform((total) => ({ total })),
          z.object({ total: whole, digits: z.coerce.number().pipe(z.int().min(1).max(1000)) }),
        ]),
      )
      .optional(),
    counts: z.record(name, z.record(z.string(), z.int().min(0))).optional(),
    businessDate: z.string().transform(dayInName).pipe(z.string()).optional(),
  })
  .refine((manifest) => Object.values(manifest).some((value) => value !== undefined));

const HINT = 'send it again as {"rows": 1234, "sha256": "…", "sequence": "…"}, with at least one of the three';

/** `key` is the manifest's. Rejections: manifest_missing, manifest_unreadable. Failures of the store pass through. */
export async function readManifest(
  store: FileStore,
  key: string,
  demands: readonly string[] = [],
): Promise<Manifest | Rejected> {
  const called = JSON.stringify(key);
  const stored = await store.find(key);
  if (stored === undefined) {
    return rejected({
      code: "manifest_missing",
      message: `there is no manifest ${called} in ${store.place}`,
      hint: "send the manifest; the next start runs the file",
    });
  }
  const unreadable = (what: string, hint = HINT): Rejected =>
    rejected({ code: "manifest_unreadable", message: `the manifest ${called} ${what}`, hint });
  if (stored.size > MAX_MANIFEST_BYTES)
    return unreadable(`has ${counted(stored.size, "byte")}, more than ${grouped(MAX_MANIFEST_BYTES)}`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(stored)) chunks.push(chunk);
  // Its byte order mark, which some programs write, is no part of the text.
  const written = parseJson(new TextDecoder().decode(Buffer.concat(chunks)));
  const parsed = manifestSchema.safeParse(written);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join(".") ?? "";
    if (where === "") return unreadable("is not a JSON object with rows, sha256 or sequence");
    const [member = ""] = where.split(".");
    return unreadable(`has a ${where} that cannot be used`, FORMS[member]);
  }
  const lacking = demands.find((demand) => !hasMember(parsed.data, demand));
  if (lacking !== undefined)
    return unreadable(
      `has no ${lacking}, which the job demands`,
      "send it again with that; or correct completeness in the job",
    );
  const { sha256, sequence, ...totals } = parsed.data;
  return { kind: "manifest", sha256, sequence, stated: { by: "manifest", ...totals } };
}

/** How a member is written, where that is not clear from the common hint. */
const FORMS: Readonly<Record<string, string>> = {
  sums: 'send it again with sums as {"limit": "1234.56"}',
  hashTotals:
    'send it again with hashTotals as {"client_account_id": "4711"}, or {"client_account_id": {"total": "4711", "digits": 4}}',
  counts: 'send it again with counts as {"status": {"active": 90}}',
  businessDate: 'send it again with businessDate as "2026-11-28"',
};

/** `sums.limit` is the member `limit` of `sums`, whatever is in the name of the column. */
function hasMember(manifest: object, demand: string): boolean {
  const [, member = demand, column] = /^(sums|hashTotals|counts)\.(.+)$/s.exec(demand) ?? [];
  const value: unknown = Object.entries(manifest).find(([key]) => key === member)?.[1];
  if (column === undefined) return value !== undefined;
  return typeof value === "object" && value !== null && Object.hasOwn(value, column);
}

/** Numbers under sums and hashTotals are the text that stands there. */
function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return value;
    const { sums, hashTotals } = JSON.parse(text, asWritten) as Readonly<Record<string, unknown>>;
    return { ...value, ...(sums !== undefined && { sums }), ...(hashTotals !== undefined && { hashTotals }) };
  } catch {
    return undefined;
  }
}

function asWritten(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === "number" ? (context?.source ?? String(value)) : value;
}
