/**
 * A lock on a file that ends with its process, however that ends: SQLite's, which the system itself gives up.
 */
import { DatabaseSync } from "node:sqlite";
import { isBusy } from "./database.ts";

/** Makes the file when it is missing. Gives null when another has the lock; throws SQLite's error for any other trouble. */
export function holdLock(path: string): Disposable | null {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
    return { [Symbol.dispose]: () => database.close() };
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
}
