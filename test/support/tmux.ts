/** A real terminal: what stands on the screen of a tmux session in which a command runs. */
import { execFile, execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const LONGEST_WAIT_MS = 45_000;
/** For so long after a resize tmux keeps the next one from the process, though the screen has it: nobody could draw right then. */
const BETWEEN_RESIZES_MS = 250;

export function isTmuxThere(): boolean {
  try {
    execFileSync("tmux", ["-V"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export interface TmuxOptions {
  readonly columns: number;
  readonly rows: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A session of a server of its own, with a shell in it. Disposing ends both. */
export class Tmux implements AsyncDisposable {
  readonly #server = `tieout-${randomBytes(4).toString("hex")}`;

  static async open({ columns, rows, cwd, env }: TmuxOptions): Promise<Tmux> {
    const tmux = new Tmux();
    const given = Object.entries(env).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
    const size = ["-x", String(columns), "-y", String(rows)];
    await tmux.#do("-u", "-f", "/dev/null", "new-session", "-d", ...size, "-c", cwd, ...given, "env PS1='$ ' sh");
    return tmux;
  }

  async type(line: string): Promise<void> {
    await this.#do("send-keys", "-l", line);
    await this.press("Enter");
  }

  /** A key by tmux's name for it, such as `C-c`. */
  async press(key: string): Promise<void> {
    await this.#do("send-keys", key);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#do("resize-window", "-x", String(columns), "-y", String(rows));
    await sleep(BETWEEN_RESIZES_MS * 2);
  }

  /** The lines on the screen and, with `"history"`, those that have left it; with `"colours"`, as they were written. */
  async lines(...more: readonly ("history" | "colours")[]): Promise<string[]> {
    const history = more.includes("history") ? ["-S", "-"] : [];
    const colours = more.includes("colours") ? ["-e"] : [];
    const text = await this.#do("capture-pane", "-p", ...history, ...colours);
    return text.split("\n").map((line) => line.trimEnd());
  }

  /** Resolves with the lines as soon as they fit; rejects with what is shown when they do not in time. */
  async until(fits: (lines: readonly string[]) => boolean, ...more: readonly "history"[]): Promise<string[]> {
    const untilMs = performance.now() + LONGEST_WAIT_MS;
    for (;;) {
      const lines = await this.lines(...more);
      if (fits(lines)) return lines;
      if (performance.now() > untilMs) throw new Error(`the screen shows:\n${lines.join("\n").trimEnd()}`);
      await sleep(30);
    }
  }

  async isCursorShown(): Promise<boolean> {
    return (await this.#do("display-message", "-p", "#{cursor_flag}")).trim() === "1";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#do("kill-server");
  }

  async #do(...args: readonly string[]): Promise<string> {
    const env = { ...process.env, LC_ALL: "C.UTF-8" };
    const { stdout } = await promisify(execFile)("tmux", ["-L", this.#server, ...args], { env });
    return stdout;
  }
}
