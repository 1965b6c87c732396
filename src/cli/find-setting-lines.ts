/**
 * The text of a job file and the paths of settings in, the line of each out. Reads the syntax alone: where a part of the job is
 * computed or comes from another file, the line is that of the nearest thing around it that is written here.
 */
import { stripTypeScriptTypes } from "node:module";
import { type AnyNode, type CallExpression, type ObjectExpression, type Property, parse } from "acorn";

/** As V8 counts: both from 1. */
export interface CodePlace {
  readonly line: number;
  readonly column: number;
}

type SettingPath = readonly (string | number)[];

/** How much of a path was found, and the line of its last part; null where nothing of it was. */
interface Followed {
  readonly depth: number;
  readonly line: number | null;
}

const NOTHING: Followed = { depth: 0, line: null };
const MAKERS = new Set(["defineJob", "extendJob"]);
/** To follow for one path. Names that seem to stand for each other without an end are of functions of their own. */
const MOST_NAMES = 1_000;

/** `call` is where the job was made, null for what the file exports by default. All null for a text that cannot be parsed. */
export function findSettingLines(
  text: string,
  { isTyped, call, paths }: { isTyped: boolean; call: CodePlace | null; paths: readonly SettingPath[] },
): (number | null)[] {
  let program: AnyNode;
  try {
    program = parse(isTyped ? withoutTypes(text) : text, {
      ecmaVersion: "latest",
      sourceType: "module",
      locations: true,
    });
  } catch {
    return paths.map(() => null);
  }
  const made = (call && findCall(program, call)) ?? findDefault(program);
  if (made === undefined) return paths.map(() => null);
  return paths.map((path) => {
    const walk = new SettingWalk(program);
    return walk.follow(made, path).line ?? walk.lineOf(made);
  });
}

/** In their place are spaces, so that lines and columns stay. Node warns that the function is new, which is of no use to who wrote the job. */
function withoutTypes(text: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}

function* nodesOf(node: AnyNode): Generator<AnyNode> {
  yield node;
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (typeof child?.type === "string") yield* nodesOf(child);
}

/** The innermost call whose function is named there. */
function findCall(program: AnyNode, { line, column }: CodePlace): AnyNode | undefined {
  const isThere = ({ loc }: AnyNode) => {
    if (!loc || loc.start.line > line || loc.end.line < line) return false;
    const isAfter = loc.start.line < line || loc.start.column < column;
    return isAfter && (loc.end.line > line || loc.end.column >= column);
  };
  return [...nodesOf(program)].findLast((node) => node.type === "CallExpression" && isThere(node.callee));
}

function findDefault(program: AnyNode): AnyNode | undefined {
  const found = [...nodesOf(program)].find((node) => node.type === "ExportDefaultDeclaration");
  return found?.type === "ExportDefaultDeclaration" ? found.declaration : undefined;
}

class SettingWalk {
  /** Null for a name that is given twice, in functions of their own. */
  readonly #values = new Map<string, AnyNode | null>();
  #names = 0;

  constructor(program: AnyNode) {
    for (const node of nodesOf(program)) {
      if (node.type !== "VariableDeclarator" || node.id.type !== "Identifier") continue;
      this.#values.set(node.id.name, this.#values.has(node.id.name) ? null : (node.init ?? null));
    }
  }

  /** Where the settings are written that the node stands for. */
  lineOf(node: AnyNode): number | null {
    const value = this.#resolve(node);
    const [first] = value?.type === "CallExpression" && value.arguments.length === 1 ? value.arguments : [];
    const settings = first && this.#resolve(first);
    return (settings?.type === "ObjectExpression" ? settings : (value ?? node)).loc?.start.line ?? null;
  }

  follow(node: AnyNode, path: SettingPath): Followed {
    const [first, ...rest] = path;
    if (first === undefined) return NOTHING;
    const value = this.#resolve(node);
    if (value?.type === "CallExpression") return isMaker(value) ? this.#followSpread(value.arguments, path) : NOTHING;
    if (value?.type === "ObjectExpression") return this.#followSpread(value.properties, path);
    if (value?.type !== "ArrayExpression" || typeof first !== "number") return NOTHING;
    const before = value.elements.slice(0, first + 1);
    const element = before[first];
    const isKnown = element && !before.some((one) => one?.type === "SpreadElement");
    return isKnown ? this.#deeper(element, element, rest) : NOTHING;
  }

  /** The last part that has the setting has the last word; one that cannot be looked into may have it. */
  #followSpread(
    parts: readonly (CallExpression["arguments"] | ObjectExpression["properties"])[number][],
    path: SettingPath,
  ): Followed {
    const [first, ...rest] = path;
    for (const part of parts.toReversed()) {
      if (part.type === "Property") {
        const key = keyOf(part);
        if (key === undefined) return NOTHING;
        if (key === String(first)) return this.#deeper(part, part.value, rest);
        continue;
      }
      const spread = part.type === "SpreadElement" ? part.argument : part;
      const found = this.follow(spread, path);
      if (found.depth > 0 || !this.#isWritten(spread)) return found;
    }
    return NOTHING;
  }

  #deeper(at: AnyNode, value: AnyNode, rest: SettingPath): Followed {
    const { depth, line } = this.follow(value, rest);
    return { depth: depth + 1, line: line ?? at.loc?.start.line ?? null };
  }

  /** Whether all its settings are to be seen here. */
  #isWritten(node: AnyNode): boolean {
    const value = this.#resolve(node);
    if (value?.type === "CallExpression") return isMaker(value) && value.arguments.every((one) => this.#isWritten(one));
    if (value?.type !== "ObjectExpression") return false;
    return value.properties.every((part) =>
      part.type === "Property" ? keyOf(part) !== undefined : this.#isWritten(part.argument),
    );
  }

  /** What a name stands for here. */
  #resolve(node: AnyNode): AnyNode | undefined {
    let value: AnyNode | null | undefined = node;
    while (value?.type === "Identifier") value = this.#names++ > MOST_NAMES ? null : this.#values.get(value.name);
    return value ?? undefined;
  }
}

function isMaker({ callee }: CallExpression): boolean {
  if (callee.type === "MemberExpression")
    return callee.property.type === "Identifier" && MAKERS.has(callee.property.name);
  return callee.type === "Identifier" && MAKERS.has(callee.name);
}

function keyOf({ key, computed }: Property): string | undefined {
  if (key.type === "Literal") return String(key.value);
  return key.type === "Identifier" && !computed ? key.name : undefined;
}
