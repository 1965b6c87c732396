/**
 * The stand-in for S3 that `tieout sandbox` serves beside the bank: a folder comes in, a bucket of its name on loopback goes out, with what a
 * shell needs to find it.
 */
import { mkdir } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { FatalError } from "../../errors/fatal-error.ts";
import { nodeCode } from "../../errors/node-code.ts";
import { shellWord } from "../../text/shell-word.ts";

export interface ServedBucket extends AsyncDisposable {
  readonly about: { readonly name: string; readonly url: string; readonly folder: string };
  /** What it holds, for people. */
  readonly says: string;
  /** The line for another shell. */
  readonly exports: string;
}

/** What S3 takes for a bucket's name, as far as a path style goes. */
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** At the port after the bank's, or at any free one. Throws FatalError `usage` for a folder or a port that cannot be used. */
export async function startBucket(given: string, bankPort: number): Promise<ServedBucket> {
  const folder = resolve(given);
  const name = checkBucketName(given, basename(folder));
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw unusable(
      `--bucket ${given} cannot be used (${nodeCode(error)})`,
      "name a folder that can be written to",
      error,
    );
  });
  const { startS3Server } = await import("../../sandbox/bucket/start-s3-server.ts");
  const port = bankPort === 0 ? 0 : bankPort + 1;
  // Not those of the operator: they would be printed.
  const keys = { accessKey: "sandbox", secretKey: "sandbox-secret" };
  const served = { buckets: [name], folders: { [name]: folder }, port, recordRequests: false };
  const server = await startS3Server({ ...served, ...keys }).catch((error: unknown) => {
    const why = nodeCode(error) === "EADDRINUSE" ? "is in use" : `cannot be opened (${nodeCode(error)})`;
    const hint = "the bucket takes the port after --port: give another one, or leave --port out to take free ones";
    throw unusable(`port ${port} ${why}`, hint, error);
  });
  const words = Object.entries({ ...server.env, TIEOUT_BUCKET: name }).map(([key, value]) => `${key}=${value}`);
  return {
    about: { name, url: server.url, folder },
    says: `s3://${name} has the files of ${shellWord(folder)}`,
    exports: `export ${words.join(" ")}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Throws FatalError `usage` where the `given` flag names no bucket. */
export function checkBucketName(given: string, name = given): string {
  if (BUCKET_NAME.test(name)) return name;
  throw unusable(
    `--bucket ${given} is no name for a bucket`,
    "give a folder of 3 to 63 lower-case letters, digits, dots and hyphens, such as account-files",
  );
}

function unusable(message: string, hint: string, cause?: unknown): FatalError {
  return new FatalError("usage", message, { hint, cause });
}
