/**
 * The shape of one entry in the registry of codes.
 */
import type { ExitCode } from "../exit-codes.ts";

export interface CodeEntry {
  /** One sentence: what happened. */
  readonly meaning: string;
  /** Who can fix it: the one who writes the file, the one who runs Tieout, the bank, or the Tieout maintainers. */
  readonly fixedBy: "file" | "operator" | "bank" | "tieout" | "nobody";
  /** Whether running the same row again, unchanged, can end otherwise. */
  readonly retryHelps: boolean;
  /** The next step, as one imperative sentence. */
  readonly todo: string;
  /**
   * Given for each code that rows are held for: until a person approves the guard (`tieout approve`), accepts the code (`tieout rerun <run>
   * --only held --accept <code> --reason "…"`), or the reason is lifted (`tieout rerun <run> --only held`).
   */
  readonly heldUntil?: "approved" | "accepted" | "lifted";
  /** Given for codes that end a command or reject a file. */
  readonly exit?: ExitCode;
}

/** Keeps the names of the entries as a type, so that a misspelt code does not compile. */
export function defineCodes<Name extends string>(entries: Record<Name, CodeEntry>): Readonly<Record<Name, CodeEntry>> {
  return entries;
}
