/**
 * The shape of one command in the table of commands: how it is typed, what it does, what it asks of the bank, how it can
 * end, and what it starts.
 */
import type { ExitCode } from "../../errors/exit-codes.ts";
import type { Answers, AtBank, Session } from "../session.ts";

export interface FlagEntry {
  /** As `--file <path>`. */
  readonly flag: string;
  readonly description: string;
  readonly required?: boolean;
  /** Its value is a whole number from 1. */
  readonly whole?: true;
  readonly choices?: readonly string[];
  readonly default?: number | string;
}

/** All of a command but what it starts. */
export interface CommandShape {
  /** As `run <job>`, or `ledger name-bank <name> <program>` for one of a family. */
  readonly usage: string;
  readonly description: string;
  /** As it may be typed, with flags that it is often given. */
  readonly example: string;
  readonly flags?: readonly FlagEntry[];
  /** What a reader of its help may need beside it. */
  readonly more?: string;
  readonly atBank: AtBank;
  readonly answers: Answers;
  /** Of its output, beside text and JSON. */
  readonly forms?: readonly "markdown"[];
  /** A second signal ends any command with 6. */
  readonly exits: readonly ExitCode[];
}

export interface CommandEntry<Flags = never> extends CommandShape {
  readonly act: (session: Session, flags: Flags, ...args: string[]) => Promise<ExitCode>;
}

/** Checks the flags against what `act` takes, and then leaves their types to it. */
export function command<Flags extends object>(entry: CommandEntry<Flags>): CommandEntry {
  return entry;
}
