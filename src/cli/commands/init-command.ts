/**
 * `tieout init`: makes a folder of one's own with a job that runs at the sandbox, and says what to type next. Never overwrites anything.
 */
import { existsSync } from "node:fs";
import { lstat, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { nodeCode } from "../../errors/node-code.ts";
import { isRecord, parseJson } from "../../text/json.ts";
import { shellWord } from "../../text/shell-word.ts";
import { toOutputLine } from "../output/output-line.ts";
import { ownPackage } from "../own-package.ts";
import type { Session } from "../session.ts";
import { checkBucketName } from "./start-bucket.ts";
import { STARTER_JOB, sandboxCommand, starterFiles } from "./starter-files.ts";

export interface InitFlags {
  readonly bucket?: string;
}

/** Throws FatalError `usage` for a folder that cannot be made, and for a name that is no bucket's. */
export async function initCommand(session: Session, given: string | undefined, flags: InitFlags): Promise<ExitCode> {
  const { bucket } = flags;
  if (bucket !== undefined) checkBucketName(bucket);
  const folder = resolve(given ?? ".");
  const own = ownPackage();
  const made: string[] = [];
  const kept: string[] = [];
  for (const [name, text] of Object.entries(starterFiles({ bucket, spec: own.spec })))
    ((await makeFile(join(folder, name), text, given)) ? made : kept).push(name);
  const next = await stepsIn(folder, bucket, kept, own.toPack);
  const lines = [
    made.length > 0 ? `made in ${folder}: ${made.join(", ")}` : `nothing was made in ${folder}`,
    ...(kept.length > 0 ? [`kept as they are: ${kept.join(", ")}`] : []),
    "next:",
  ].map((line) => toOutputLine(line));
  session.say(
    { event: "initialized", folder, made, kept, next },
    [...lines, ...next.map((step) => `  ${toOutputLine(step)}`)].join("\n"),
  );
  return EXIT.done;
}

/** Whether it was made: false where something of that name is there. */
async function makeFile(path: string, text: string, given: string | undefined): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    const code = nodeCode(error);
    // A part of the path may be a file too; a link to nothing is something.
    if (code === "EEXIST" && (await lstat(path).catch(() => undefined)) !== undefined) return false;
    if (code === undefined) throw error;
    throw new FatalError("usage", `${path} cannot be made (${code})`, {
      hint: given === undefined ? "name another folder: tieout init <folder>" : "name a folder that can be written to",
      cause: error,
    });
  }
}

async function stepsIn(
  folder: string,
  bucket: string | undefined,
  kept: readonly string[],
  toPack: readonly string[] | undefined,
): Promise<string[]> {
  const isInstalled = existsSync(join(folder, "node_modules/tieout"));
  const there = relative(".", folder);
  const hasOwnPackage = kept.includes("package.json");
  const sandbox = hasOwnPackage ? `npx ${sandboxCommand(bucket)}` : "npm run sandbox";
  return [
    ...(toPack === undefined || isInstalled ? [] : [toPack.map(shellWord).join(" ")]),
    ...(there === "" ? [] : [`cd ${shellWord(there.startsWith("..") ? folder : there)}`]),
    ...(hasOwnPackage && !(await isModule(folder)) ? ["npm pkg set type=module"] : []),
    ...(isInstalled ? [] : ["npm install"]),
    ...(kept.includes(".env") || existsSync(join(folder, ".env")) ? [] : ["cp .env.example .env"]),
    `${sandbox} # leave it running, and go on in a second shell in this folder`,
    "set -a; . ./.env; set +a",
    `npx tieout doctor ${STARTER_JOB}`,
    `npx tieout plan ${STARTER_JOB}`,
    `npx tieout run ${STARTER_JOB}`,
  ];
}

async function isModule(folder: string): Promise<boolean> {
  const json = parseJson(await readFile(join(folder, "package.json"), "utf8").catch(() => ""));
  return isRecord(json) && json.type === "module";
}
