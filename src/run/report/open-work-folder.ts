/**
 * A folder of its own for files that are about to be published, and their writing.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { FatalError } from "../../errors/fatal-error.ts";
import { nodeCode } from "../../errors/node-code.ts";
import { resultsUnwritable } from "../../store/file-store.ts";

/** Removed with all that is in it. */
export async function openWorkFolder(within: string): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await writing(within, async () => {
    await mkdir(within, { recursive: true, mode: 0o700 });
    return mkdtemp(join(within, "results-"));
  });
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Errors of the local disk are reported like those of the results place. */
export async function writing<Result>(folder: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    const code = nodeCode(error);
    if (error instanceof FatalError || code === undefined) throw error;
    throw resultsUnwritable("results", folder, `cannot be written (${code})`, error);
  }
}
