/**
 * What a job file says of who is told of its alarms, and the name that each target has in the ledger and in the log. Pure.
 */
import { z } from "zod";
import { ALARM_KINDS, type AlarmKind } from "./errors/alarm-kinds.ts";

/** Addresses and secrets are never in a job file. */
const variable = (what: string, example: string) =>
  z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/, `give the name of the environment variable that has ${what}, such as ${example}`);

/** All kinds when not given. */
const kinds = z.array(z.enum(ALARM_KINDS)).min(1).optional();

/** Filled in: a job file says it by `webhook`, `slack` or `command`. */
const target = z.union(
  [
    z.strictObject({
      kind: z.literal("webhook").default("webhook"),
      /** Variables with the address, and with the key of the signature. */
      webhook: variable("the address", "ALARM_WEBHOOK_URL"),
      secret: variable("the secret", "ALARM_WEBHOOK_SECRET"),
      kinds,
    }),
    z.strictObject({
      kind: z.literal("slack").default("slack"),
      slack: variable("the address", "ALARM_SLACK_URL"),
      kinds,
    }),
    z.strictObject({
      kind: z.literal("command").default("command"),
      /** A program and its arguments, started without a shell. */
      command: z.array(z.string().min(1)).min(1),
      /** Variables that it gets beside the common ones. */
      env: z.array(variable("what the command needs", "PAGER_TOKEN")).default([]),
      kinds,
    }),
  ],
  {
    error:
      "give { webhook, secret }, { slack } or { command, env }; webhook, secret and slack are names of environment variables",
  },
);

export const notifySettings = z
  .array(target)
  .default([])
  .refine((targets) => new Set(targets.map(targetName)).size === targets.length, { error: "name each target once" });

export type NotifyTarget = z.output<typeof target>;

export function targetName(target: NotifyTarget): string {
  // Its arguments are nobody else's business.
  if (target.kind === "command") return `command ${target.command[0]}`;
  return target.kind === "webhook" ? `webhook ${target.webhook}` : `slack ${target.slack}`;
}

export function targetsOf(targets: readonly NotifyTarget[], kind: AlarmKind): readonly string[] {
  return targets.filter((target) => target.kinds?.includes(kind) ?? true).map(targetName);
}
