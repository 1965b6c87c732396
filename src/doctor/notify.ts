/**
 * Who is told of a job's alarms: whether the variables that the job names are there, and whether a command can be started. Nobody is told anything.
 */
import { access, constants } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import type { NotifyTarget } from "../notify-settings.ts";
import { isLoopback, judgeVariable } from "./environment.ts";
import { bad, good, poor, type Remark } from "./finding.ts";

type Values = Readonly<Record<string, string | undefined>>;

/** `word` is the job as it is typed. */
export async function checkNotify(
  targets: readonly NotifyTarget[],
  variables: Values,
  word: string,
): Promise<Remark[]> {
  const seen = await Promise.all(targets.map((target) => checkTarget(target, variables)));
  return targets.length === 0 ? [] : [...seen.flat(), good(trial(word))];
}

const trial = (word: string) =>
  `nobody was told anything; tieout alarms ${word} --try tells each of them that this is a trial`;

async function checkTarget(target: NotifyTarget, variables: Values): Promise<Remark[]> {
  const judge = (name: string, need: string, more = {}) => judgeVariable({ name, need, ...more }, variables[name]);
  if (target.kind === "slack")
    return judge(target.slack, "the address of the Slack webhook", { judge: judgeAddress(target.slack) });
  if (target.kind === "webhook")
    return [
      ...judge(target.webhook, "the address that is told of alarms", { judge: judgeAddress(target.webhook) }),
      ...judge(target.secret, "the key of the signature"),
    ];
  const [program = ""] = target.command;
  const values = target.env.flatMap((name) => judge(name, `what ${program} needs`));
  return [await tryProgram(program, variables.PATH), ...values];
}

function judgeAddress(name: string): (value: string) => Remark | undefined {
  const next = `set ${name} to an address that begins with https://`;
  return (value) => {
    const url = URL.parse(value);
    if (url === null || !/^https?:$/.test(url.protocol)) return bad(`${name} is not an address`, next);
    if (url.protocol === "https:" || isLoopback(url.hostname)) return undefined;
    return poor(`${name} begins with http://, so alarms travel unencrypted`, next);
  };
}

async function tryProgram(program: string, path = ""): Promise<Remark> {
  const places = program.includes("/")
    ? [resolve(program)]
    : path.split(delimiter).map((folder) => join(folder, program));
  for (const place of places) {
    const mayRun = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (mayRun) return good(`${program} can be started`);
  }
  return bad(
    `${program} is not there, or may not be started`,
    "give its whole path in the job, and let the user start it",
  );
}
