/**
 * Opens a local file in the browser of whoever typed the command, if there is one. The path is an argument of its own, which no shell takes apart.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { systemClock } from "../clock.ts";

/** A program that has not failed by then has a browser to show. */
const FAILS_WITHIN_MS = 2_000;

/** The words that open a file on this system; null where no browser can be seen. */
export function openerOf(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): readonly [program: string, ...args: string[]] | null {
  if (platform === "darwin") return ["open"];
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ["xdg-open"] : null;
}

/** Whether a browser was started, as far as can be known. */
export async function openInBrowser(path: string): Promise<boolean> {
  const [program, ...args] = openerOf(process.platform, process.env) ?? [];
  if (program === undefined) return false;
  const opener = spawn(program, [...args, path], { detached: true, stdio: "ignore" });
  opener.unref();
  const ended = once(opener, "exit").then(
    ([code]) => code === 0,
    () => false,
  );
  const over = new AbortController();
  const isSlow = systemClock.sleep(FAILS_WITHIN_MS, over.signal).then(() => true);
  return Promise.race([ended, isSlow]).finally(() => over.abort());
}
