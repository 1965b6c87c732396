/**
 * Who works with Tieout here, as the operating system has it.
 */
import { hostname, userInfo } from "node:os";
import type { Actor } from "../ledger/audit.ts";
import { tieoutVersion } from "./tieout-version.ts";

export function readActor(): Actor {
  return { user: readUser(), host: hostname(), version: tieoutVersion() };
}

/** In a container, the user may have a number and no name. */
function readUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
