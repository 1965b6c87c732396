/**
 * Where an error was thrown, for those who fix bugs. An error goes in, its kind and the frames of its stack come out, and
 * never its message, which may quote a cell or a secret.
 */

import { inSource } from "./in-source.ts";
import { nodeCode } from "./node-code.ts";

/** As `TypeError ERR_INVALID_ARG_TYPE at readRow (file:///…/read-row.ts:12:3)`. */
export function placeOf(error: unknown): string {
  return `${kindOf(error)} ${inSource(framesOf(error)[0] ?? "at a place unknown")}`;
}

/** The kind and all frames of the error and of what caused it, a line each. */
export function describeStack(error: unknown): readonly string[] {
  const lines = [kindOf(error), ...framesOf(error).map((frame) => `    ${inSource(frame)}`)];
  if (!(error instanceof Error) || !(error.cause instanceof Error)) return lines;
  const [kind, ...frames] = describeStack(error.cause);
  return [...lines, `  caused by ${kind}`, ...frames];
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = nodeCode(error);
  return code !== undefined && /^[A-Z][A-Z0-9_]*$/.test(code) ? `${error.name} ${code}` : error.name;
}

/** The lines at the end of a stack; all before them is the message, however many lines it has. */
function framesOf(error: unknown): string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  const told = error.stack.indexOf(error.message);
  const lines = (told < 0 ? error.stack : error.stack.slice(told + error.message.length)).split("\n");
  const message = lines.findLastIndex((line) => !/^\s+at \S/.test(line));
  return lines.slice(message + 1).map((line) => line.trim());
}
