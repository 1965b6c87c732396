/**
 * Carries out the steps of a Dockerfile in folders of this machine, as there is no Docker: each stage has a folder for its root, COPY
 * copies between them, RUN runs there. What is in the base image is this machine's; a step that changes it is left out, and told.
 */
import { execFileSync } from "node:child_process";
import { globSync, symlinkSync } from "node:fs";
import { cp, mkdir, readFile, stat } from "node:fs/promises";
import { basename, isAbsolute, join } from "node:path";

interface Step {
  readonly word: string;
  readonly rest: string;
}

interface Stage {
  readonly name: string;
  readonly root: string;
  workdir: string;
}

/** What the last stage says, and where its root is. */
export interface Image {
  readonly root: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly healthcheck: readonly string[];
  readonly stopSignal: string;
  /** RUN steps of the last stage that are about the base image. */
  readonly leftOut: readonly string[];
}

export function parseDockerfile(text: string): Step[] {
  const lines = text.replace(/^\s*#.*\n/gm, "").replace(/\\\n\s*/g, "");
  return [...lines.matchAll(/^([A-Z]+)\s+(.*)$/gm)].map(([, word = "", rest = ""]) => ({ word, rest: rest.trim() }));
}

/** The names in the context that an allow list leaves: `*`, then one `!name` a line. Throws for anything else. */
export function parseAllowList(text: string): string[] {
  const [all, ...names] = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  if (all !== "*" || !names.every((name) => /^![\w.-]+$/.test(name)))
    throw new Error("this is no list of what is let in");
  return names.map((name) => name.slice(1));
}

/** `context` is the folder that it is built in, `scratch` an empty one for the roots. */
export async function buildImage(file: string, context: string, scratch: string): Promise<Image> {
  const allowed = parseAllowList(await readFile(`${file}.dockerignore`, "utf8"));
  const stages: Stage[] = [];
  const said: Record<string, string> = {};
  const env: Record<string, string> = {};
  const leftOut: string[] = [];
  for (const { word, rest } of parseDockerfile(await readFile(file, "utf8"))) {
    const stage = stages.at(-1);
    if (word === "FROM") {
      const name = / AS (\S+)$/.exec(rest)?.[1] ?? "last";
      stages.push({ name, root: join(scratch, name), workdir: "/" });
      await mkdir(join(scratch, name));
    } else if (stage === undefined) said[word] = rest;
    else if (word === "WORKDIR") {
      stage.workdir = rest;
      await mkdir(join(stage.root, rest), { recursive: true });
    } else if (word === "COPY") await copy(rest, stage, stages, context, allowed);
    else if (word === "RUN") runStep(rest, stage, context, leftOut);
    else if (word === "ENV")
      for (const pair of rest.split(" ")) env[pair.split("=")[0] ?? ""] = pair.split("=")[1] ?? "";
    else said[word] = rest;
  }
  const last = stages.at(-1);
  if (last?.name !== "last") throw new Error("the last stage has a name");
  const words = (name: string) => JSON.parse(said[name]?.replace(/^.*?(?=\[)/, "") ?? "[]") as string[];
  return {
    root: last.root,
    workdir: last.workdir,
    env,
    user: said.USER ?? "",
    entrypoint: words("ENTRYPOINT"),
    cmd: words("CMD"),
    healthcheck: words("HEALTHCHECK"),
    stopSignal: said.STOPSIGNAL ?? "",
    leftOut,
  };
}

async function copy(
  rest: string,
  to: Stage,
  stages: readonly Stage[],
  context: string,
  allowed: readonly string[],
): Promise<void> {
  const words = rest.split(/\s+/);
  const fromName = /^--from=(\S+)$/.exec(words[0] ?? "")?.[1];
  const paths = fromName === undefined ? words : words.slice(1);
  const from = stages.find(({ name }) => name === fromName);
  if (fromName !== undefined && from === undefined) throw new Error(`there is no stage ${fromName}`);
  const target = isAbsolute(paths.at(-1) ?? "")
    ? join(to.root, paths.at(-1) ?? "")
    : join(to.root, to.workdir, paths.at(-1) ?? "");
  for (const path of paths.slice(0, -1)) {
    const sources = path === "." ? allowed : globSync(path.replace(/^\//, ""), { cwd: from?.root ?? context });
    if (sources.length === 0) throw new Error(`COPY ${path} finds nothing`);
    for (const source of sources) {
      if (from === undefined && !allowed.includes(source)) throw new Error(`${source} is not let into the context`);
      const whole = join(from?.root ?? context, source);
      // The contents of a folder that is named are copied, and a file keeps its name.
      const isContents = path !== "." && (await stat(whole)).isDirectory();
      const place = isContents ? target : join(target, basename(source));
      await cp(whole, place, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    }
  }
}

/** Paths below the root of the stage are given as they are on this machine. */
function runStep(command: string, { root, workdir }: Stage, context: string, leftOut: string[]): void {
  const cwd = join(root, workdir);
  const OWN = /(?<=\s)\/app(?=\/|\s|$)/g;
  // The clone was installed so already, by its own package-lock.json.
  if (command.startsWith("npm ci")) symlinkSync(join(context, "node_modules"), join(cwd, "node_modules"));
  else if (/\s\//.test(command.replaceAll(OWN, "app"))) leftOut.push(command);
  else execFileSync("/bin/sh", ["-euc", command.replaceAll(OWN, join(root, "app"))], { cwd, stdio: "pipe" });
}
