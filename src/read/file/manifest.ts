/**
 * The manifest beside a file: fetched from the file's own store and read as JSON, or why there is none to go by. Says what
 * the file must be; never looks into it.
 */
import { z } from "zod";
import { type Rejected, rejected } from "../../errors/rejection.ts";
import type { FileStore } from "../../store/file-store.ts";
import { counted, grouped } from "../../text/counted.ts";

/** What the manifest says; what it leaves out is not compared. `sha256` is lower-case hex over the bytes as stored. */
export interface Manifest {
  readonly kind: "manifest";
  readonly rows?: number | undefined;
  readonly sha256?: string | undefined;
  readonly sequence?: string | undefined;
}

const MAX_MANIFEST_BYTES = 64 * 1024;

const manifestSchema = z
  .object({
    rows: z.int().min(0).optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/i)
      .toLowerCase()
      .optional(),
    sequence: z.union([z.string().min(1), z.int().min(0).transform(String)]).optional(),
  })
  .refine((manifest) => Object.values(manifest).some((value) => value !== undefined));

/** `key` is the manifest's. Rejections: manifest_missing, manifest_unreadable. Failures of the store pass through. */
export async function readManifest(store: FileStore, key: string): Promise<Manifest | Rejected> {
  const name = JSON.stringify(key);
  const stored = await store.find(key);
  if (stored === undefined) {
    return rejected({
      code: "manifest_missing",
      message: `there is no manifest ${name} in ${store.place}`,
      hint: "send the manifest; the next start runs the file",
    });
  }
  const unreadable = (what: string): Rejected =>
    rejected({
      code: "manifest_unreadable",
      message: `the manifest ${name} ${what}`,
      hint: 'send it again as {"rows": 1234, "sha256": "…", "sequence": "…"}, with at least one of the three',
    });
  if (stored.size > MAX_MANIFEST_BYTES)
    return unreadable(`has ${counted(stored.size, "byte")}, more than ${grouped(MAX_MANIFEST_BYTES)}`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(stored)) chunks.push(chunk);
  const parsed = manifestSchema.safeParse(parseJson(Buffer.concat(chunks).toString("utf8")));
  if (parsed.success) return { kind: "manifest", ...parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") ?? "";
  return unreadable(
    where === "" ? "is not a JSON object with rows, sha256 or sequence" : `has a ${where} that cannot be used`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
