/**
 * The log: winston on standard error, as JSON lines for machines and short lines on a terminal. An event is a message with fields of an
 * allow-list, and always one line. Never cells, never secrets.
 */
import { once } from "node:events";
import { createLogger, format, transports } from "winston";
import { WORDS } from "../../errors/words.ts";
import { LOG_FIELDS, type Log, type LogFields, type LogKind } from "../../log.ts";
import { toLine } from "../../text/to-line.ts";
import { LOG_LEVELS, type LogLevel } from "../environment.ts";
import { asTyped } from "./as-typed.ts";

export interface OpenLog extends Log {
  /** Resolves when every line has left the process. Nothing can be logged afterwards. */
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
  reasons: (value) => numbersIn(value, (name) => /^[\w. ]{1,200}$/.test(name)),
};

/** The numbers in an object whose names pass `isName`. */
function numbersIn(value: unknown, isName: (name: string) => boolean): Readonly<Record<string, number>> {
  const numbers = Object.entries(Object(value)).filter(
    (entry): entry is [string, number] => isName(entry[0]) && typeof entry[1] === "number",
  );
  return Object.fromEntries(numbers);
}

/** `clear` is called right before each line is written, and clears the terminal's last line. */
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
  // As one object: winston would interpret a message that looks like a format, and append a field called `message` to it.
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
      // A slow pipe may leave output waiting in the process.
      await new Promise((resolve) => process.stderr.write("", resolve));
    },
  };
}

/** Winston writes a line in a later turn, and the progress may have been drawn meanwhile: so it is cleared in that same turn. */
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
