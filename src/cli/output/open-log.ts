/**
 * The log: winston on standard error, JSON lines for machines and short lines on a terminal. What goes in is a message and
 * fields of an allow-list; what comes out is one line each, whatever they hold. Never cells, never secrets.
 */
import { once } from "node:events";
import { createLogger, format, transports } from "winston";
import { WORDS } from "../../errors/words.ts";
import { LOG_FIELDS, type Log, type LogFields, type LogKind } from "../../log.ts";
import { toLine } from "../../text/one-line.ts";
import { LOG_LEVELS, type LogLevel } from "../environment.ts";
import { asTyped } from "./as-typed.ts";

export interface OpenLog extends Log {
  /** Resolves when every line has left the process; nothing is logged after. */
  close(): Promise<void>;
}

/** Room for a command with a path in it, and no more. */
const LONGEST_TEXT = 2_000;

type ShownField = string | number | Readonly<Record<string, number>> | undefined;

const showText = (value: unknown) => (typeof value === "string" ? toLine(value, LONGEST_TEXT) : undefined);

/** How a value of each kind is written; nothing of a value that is not of its kind. */
const SHOW: Readonly<Record<LogKind, (value: unknown) => ShownField>> = {
  text: showText,
  command: (value) => (typeof value === "string" ? showText(asTyped(value)) : undefined),
  count: (value) => (typeof value === "number" ? value : undefined),
  words: (value) => numbersIn(value, (name) => (WORDS as readonly string[]).includes(name)),
  reasons: (value) => numbersIn(value, (name) => /^[\w. ]{1,200}$/.test(name)),
};

/** Of an object the numbers whose names are short and our own or the bank's. */
function numbersIn(value: unknown, isName: (name: string) => boolean): Readonly<Record<string, number>> {
  const numbers = Object.entries(Object(value)).filter(
    (entry): entry is [string, number] => isName(entry[0]) && typeof entry[1] === "number",
  );
  return Object.fromEntries(numbers);
}

/** `clear` is called right before each line is written, and takes away what stands on the terminal's last line. */
export function openLog(isTerminal: boolean, level: LogLevel, clear: () => void = () => {}): OpenLog {
  const json = format.combine(format.timestamp(), format.json());
  const line = format.printf(({ level: word, message, ...fields }) => {
    const rest = Object.entries(fields).map(
      ([name, value]) => `${name}=${typeof value === "object" ? JSON.stringify(value) : value}`,
    );
    return [`${word}: ${message}`, ...rest].join(" ");
  });
  const transport = new LineTransport({ stderrLevels: [...LOG_LEVELS] }, clear);
  const logger = createLogger({
    level,
    format: isTerminal ? line : json,
    transports: [transport],
  });
  // As one object, since winston takes a message apart that looks like a format, and adds fields of the name `message` to it.
  const write =
    (word: string) =>
    (message: string, fields: LogFields = {}) => {
      if (closed === undefined)
        logger.write({ level: word, message: toLine(message, LONGEST_TEXT), ...showFields(fields) });
    };
  let closed: Promise<unknown> | undefined;
  return {
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    async close() {
      if (closed === undefined) {
        closed = once(transport, "finish");
        logger.end();
      }
      await closed;
      // What a pipe could not take at once still waits in the process.
      await new Promise((resolve) => process.stderr.write("", resolve));
    },
  };
}

/** Winston hands a line on in a later turn, in which the progress may have been drawn: it is cleared in the very same. */
class LineTransport extends transports.Console {
  readonly #clear: () => void;

  constructor(options: ConstructorParameters<typeof transports.Console>[0], clear: () => void) {
    super(options);
    this.#clear = clear;
  }

  override log(line: unknown, next: () => void): void {
    this.#clear();
    super.log?.(line, next);
  }
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
