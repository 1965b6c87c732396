/**
 * Drift: in what the account of a planned change differs from what its plan saw, as far as the plan needs it. Two plans of one change come
 * in, of then and of now. Pure.
 */
import { asText } from "./diff/as-text.ts";
import type { Difference, Operation } from "./operation.ts";

/** One field by column name; what the file wants of it, what the plan saw, what the bank has now. As text for people; "" for none. */
export interface Drift {
  readonly field: string;
  readonly wanted: string;
  readonly saw: string;
  readonly now: string;
}

export interface Compared {
  readonly operations: readonly Pick<Operation, "kind" | "body">[];
  readonly differences: readonly Difference[];
}

/** Whether the plan of now makes the same calls, byte for byte. */
export function makesSameCalls(then: Compared, now: Compared): boolean {
  const calls = ({ operations }: Compared) => JSON.stringify(operations.map(({ kind, body }) => [kind, body]));
  return calls(then) === calls(now);
}

/** Of the fields that the file names; where they say nothing, of what the calls send along. In the order of the plan of then. */
export function findDrift(then: Compared, now: Compared): readonly Drift[] {
  const ofFields = driftOfFields(then.differences, now.differences);
  return ofFields.length > 0 ? ofFields : driftOfCalls(then, now);
}

/** A field that differs in one plan alone agrees with the file in the other. */
function driftOfFields(then: readonly Difference[], now: readonly Difference[]): Drift[] {
  const fields = new Set([...then, ...now].map(({ field }) => field));
  return [...fields].flatMap((field): Drift[] => {
    const [before, after] = [then, now].map((all) => all.find((one) => one.field === field));
    const wanted = (before ?? after)?.desired ?? "";
    const [saw, held] = [before?.actual ?? wanted, after?.actual ?? wanted];
    return saw === held ? [] : [{ field, wanted, saw, now: held }];
  });
}

/** What a call sends along because the bank has it, such as the other members of a list. The file says nothing of it. */
function driftOfCalls(then: Compared, now: Compared): Drift[] {
  const [before, after] = [membersOf(then), membersOf(now)];
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((field): Drift[] => {
    const [saw = "", held = ""] = [before.get(field), after.get(field)];
    return saw === held ? [] : [{ field, wanted: "", saw, now: held }];
  });
}

/** By the number and kind of the call, and the path in its body. */
function membersOf({ operations }: Compared): ReadonlyMap<string, string> {
  const named = operations.map(({ kind, body }, index) => ({ call: `${index + 1} ${kind}`, body }));
  return new Map(
    named.flatMap(({ call, body }) => (body === "" ? [[call, "to send"]] : leavesOf(JSON.parse(body), call))),
  );
}

/** Every value that is no object, by its path behind `path`. */
function leavesOf(value: unknown, path: string): (readonly [path: string, text: string])[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[path, asText(value)]];
  return Object.entries(value).flatMap(([name, member]) => leavesOf(member, `${path}.${name}`));
}
