/**
 * The exit codes that several commands may end with.
 */
import { EXIT, EXIT_MEANINGS, type ExitCode } from "../../../errors/exit-codes.ts";

/** Of a command that only looks. */
export const LOOK_EXITS = [EXIT.done, EXIT.ourFault, EXIT.cannotWork] as const;

export const ALL_EXITS = Object.keys(EXIT_MEANINGS).map(Number) as ExitCode[];

/** Of a command whose ledger is its own. */
export const APART_EXITS = ALL_EXITS.filter((code) => code !== EXIT.leaseHeld);
