/**
 * Winston on standard error: JSON lines for machines, short lines on a terminal. Imported only when there is something to log; whatever
 * winston loads late is used here at once, so that a file that is replaced during a long run is not missed.
 */
import { once } from "node:events";
import { createLogger, format, transports } from "winston";
import { LOG_LEVELS, type LogLevel } from "../environment.ts";

export interface Entry {
  readonly level: LogLevel;
  readonly message: string;
  readonly [field: string]: unknown;
}

export interface Winston {
  write(entry: Entry): void;
  /** Resolves when every line has been given to the process's standard error. To be called once. */
  close(): Promise<unknown>;
}

const JSON_LINE = format.combine(format.timestamp(), format.json());
const TEXT_LINE = format.printf(({ level, message, ...fields }) => {
  const rest = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === "object" ? JSON.stringify(value) : value}`,
  );
  return [`${level}: ${message}`, ...rest].join(" ");
});

/** Winston writes a line in a later turn, and the progress may have been drawn meanwhile: so it is cleared in that same turn. */
class LineTransport extends transports.Console {
  readonly #clear: () => void;

  constructor(clear: () => void) {
    super({ stderrLevels: [...LOG_LEVELS] });
    this.#clear = clear;
  }

  override log(line: unknown, next: () => void): void {
    this.#clear();
    super.log?.(line, next);
  }
}

/** Writes entries of every level. `clear` is called right before each line. */
export function openWinston(isTerminal: boolean, clear: () => void): Winston {
  const transport = new LineTransport(clear);
  const logger = createLogger({ level: "debug", format: isTerminal ? TEXT_LINE : JSON_LINE, transports: [transport] });
  return {
    // As one object: winston would interpret a message that looks like a format, and append a field called `message` to it.
    write: (entry) => logger.write(entry),
    close() {
      const finished = once(transport, "finish");
      logger.end();
      return finished;
    },
  };
}
