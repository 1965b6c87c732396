/**
 * The log: an event is a message with fields of an allow-list, and always one line, which winston writes. Never cells, never secrets.
 */
import { WORDS } from "../../errors/words.ts";
import { LOG_FIELDS, type Log, type LogFields, type LogKind } from "../../log.ts";
import { toLine } from "../../text/to-line.ts";
import { LOG_LEVELS, type LogLevel } from "../environment.ts";
import { asTyped } from "./as-typed.ts";
import type { Winston } from "./open-winston.ts";

export interface OpenLog extends Log {
  /** Resolves when every line has left the process. Nothing can be logged afterwards. Rejects when winston cannot be loaded. */
  close(): Promise<void>;
}

/** Enough for a command with a path in it. */
const LONGEST_TEXT = 2_000;

type ShownField = string | number | Readonly<Record<string, number>> | undefined;

const showText = (value: unknown) => (typeof value === "string" ? toLine(value, LONGEST_TEXT) : undefined);

/** How a value of each kind is written; a value of the wrong kind is left out. */
const SHOW: Readonly<Record<LogKind, (value: unknown) => ShownField>> = {
  text: showText,
  command: (value) => (typeof value === "string" ? showText(asTyped(value)) : undefined),
  count: (value) => (typeof value === "number" ? value : undefined),
  words: (value) => numbersIn(value, (name) => (WORDS as readonly string[]).includes(name)),
  causes: (value) => numbersIn(value, (name) => /^[\w. ]{1,200}$/.test(name)),
};

/** The numbers in an object whose names pass `isName`. */
function numbersIn(value: unknown, isName: (name: string) => boolean): Readonly<Record<string, number>> {
  const numbers = Object.entries(Object(value)).filter(
    (entry): entry is [string, number] => isName(entry[0]) && typeof entry[1] === "number",
  );
  return Object.fromEntries(numbers);
}

/**
 * Writes lines of this level and above. `clear` is called right before each line, and clears the terminal's last line. Winston is
 * loaded with the first of them; until then they wait, in their order.
 */
export function openLog(isTerminal: boolean, level: LogLevel, clear: () => void = () => {}): OpenLog {
  let opened: Promise<Winston> | undefined;
  let closed: Promise<unknown> | undefined;
  const open = async () => (await import("./open-winston.ts")).openWinston(isTerminal, clear);
  const write =
    (word: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (closed !== undefined || LOG_LEVELS.indexOf(word) > LOG_LEVELS.indexOf(level)) return;
      const entry = { level: word, message: toLine(message, LONGEST_TEXT), ...showFields(fields) };
      opened ??= open();
      void opened.then((winston) => winston.write(entry));
    };
  return {
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    async close() {
      closed ??= opened === undefined ? Promise.resolve() : opened.then((winston) => winston.close());
      await closed;
      // A slow pipe may leave output waiting in the process.
      await new Promise((resolve) => process.stderr.write("", resolve));
    },
  };
}

function showFields(fields: LogFields): Readonly<Record<string, ShownField>> {
  const given: Readonly<Record<string, unknown>> = { ...fields };
  return Object.fromEntries(
    Object.entries(LOG_FIELDS).flatMap(([name, kind]) => {
      const shown = given[name] === undefined ? undefined : SHOW[kind](given[name]);
      return shown === undefined ? [] : [[name, shown] as const];
    }),
  );
}
