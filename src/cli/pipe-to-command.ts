/**
 * Starts a program that is told of an alarm: the text on its standard input, no shell, few variables, and not for long. Nothing that it writes
 * is read.
 */
import { spawn } from "node:child_process";
import { nodeCode } from "../errors/node-code.ts";

/** What programs commonly need. Nothing of Tieout's own, such as the bank's credentials. */
const COMMON = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "USER"];

/** Resolves with why it has not taken the text, or null once it has ended with 0. It is killed, with what it has started, as the signal aborts. */
export function pipeToCommand(
  [program = "", ...args]: readonly string[],
  names: readonly string[],
  text: string,
  signal: AbortSignal,
): Promise<string | null> {
  const given = [...COMMON, ...names].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: Object.fromEntries(given),
      stdio: ["pipe", "ignore", "ignore"],
      // A group of its own, so that all of it can be ended.
      detached: true,
    });
    const end = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has just ended.
      }
    };
    signal.addEventListener("abort", end, { once: true });
    const settle = (why: string | null) => {
      signal.removeEventListener("abort", end);
      resolve(why);
    };
    child.on("error", (error) => settle(`it cannot be started (${nodeCode(error) ?? "unknown"})`));
    child.on("exit", (code) => {
      if (signal.aborted) settle("it has not ended in time");
      else settle(code === 0 ? null : `it ended with ${code ?? "a signal"}`);
    });
    // It may end without reading.
    child.stdin?.on("error", () => {});
    child.stdin?.end(text);
    if (signal.aborted) end();
  });
}
