/**
 * The log: winston on standard error, JSON lines for machines and short lines on a terminal. Carries ids, counts and
 * codes; never cells, never secrets.
 */
import { createLogger, format, transports } from "winston";

const LEVELS = ["error", "warn", "info", "debug"];

export function openLog(isTerminal: boolean, level: string | undefined) {
  const json = format.combine(format.timestamp(), format.json());
  const text = format.printf(({ level: word, message, ...fields }) => {
    const rest = Object.entries(fields).map(
      ([name, value]) => `${name}=${typeof value === "object" ? JSON.stringify(value) : value}`,
    );
    return [`${word}: ${message}`, ...rest].join(" ");
  });
  return createLogger({
    level: level && LEVELS.includes(level) ? level : isTerminal ? "warn" : "info",
    format: isTerminal ? text : json,
    transports: [new transports.Console({ stderrLevels: LEVELS })],
  });
}
