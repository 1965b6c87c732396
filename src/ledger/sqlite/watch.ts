/**
 * Whether the files of an open ledger are still those at its path. SQLite would keep writing to a file that was moved or removed, and to a
 * log that nobody else sees; that would be lost with the process.
 */
import { realpathSync, statSync } from "node:fs";
import { FatalError } from "../../errors/fatal-error.ts";

/** SQLite keeps its log and the locks on that beside the true file, whichever link led there. */
const BESIDE = ["-wal", "-shm"];

/**
 * Called right after a ledger was opened and read. Gives the check to make before a commit, which throws FatalError
 * `ledger_replaced` once device or inode of one of the files is another; three calls of stat(2).
 */
export function watchFiles(path: string): () => void {
  const real = realpathSync(path);
  const held = [path, ...BESIDE.map((suffix) => real + suffix)].map((file) => ({ file, id: identify(file) }));
  return () => {
    const lost = held.find(({ file, id }) => identify(file) !== id);
    if (lost === undefined) return;
    throw new FatalError(
      "ledger_replaced",
      `${lost.file} was moved, removed or replaced while a command was using it`,
      {
        hint: "put the ledger back with its -wal file, or restore the last good copy, then see tieout runs",
      },
    );
  };
}

/** "" where there is nothing, and where nobody can see whether there is. */
function identify(file: string): string {
  try {
    const { dev, ino } = statSync(file, { bigint: true });
    return `${dev} ${ino}`;
  } catch {
    return "";
  }
}
