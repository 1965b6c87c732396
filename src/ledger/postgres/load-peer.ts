/**
 * Loads a package that only those install who keep their ledger in PostgreSQL.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import { nodeCode } from "../../errors/node-code.ts";

/** `load` imports the package. Rejects with FatalError `ledger_unusable` when it is not installed. */
export async function loadPeer<Package>(name: "pg" | "pg-boss", load: () => Promise<Package>): Promise<Package> {
  try {
    return await load();
  } catch (error) {
    if (nodeCode(error) !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new FatalError("ledger_unusable", `the ledger is in PostgreSQL, and the package ${name} is not installed`, {
      hint: "type npm install pg pg-boss where Tieout is installed",
      cause: error,
    });
  }
}
