/**
 * What a reader expects of each file, held: short functions, a file named after what it exports, a name for one type only,
 * unions told apart by `kind`, and layouts by their traits. It reads the text as the formatter leaves it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MOST_LINES = 60;

interface Source {
  readonly file: string;
  readonly lines: readonly string[];
}

const sources: readonly Source[] = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .sort()
  .map((name) => {
    const text = readFileSync(join(ROOT, "src", name), "utf8");
    const withoutComments = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, ""));
    return { file: `src/${name}`, lines: withoutComments.split("\n") };
  });

/** Each line of the source that a pattern matches, with its file, the match and its place. */
function* matches(pattern: RegExp): Generator<{ source: Source; match: RegExpExecArray; index: number }> {
  for (const source of sources) {
    for (const [index, line] of source.lines.entries()) {
      const match = pattern.exec(line);
      if (match !== null) yield { source, match, index };
    }
  }
}

/** `ChangesLedger` and `RESULT_COLUMNS` as a file would be called. */
const kebab = (name: string) =>
  name
    .replaceAll("_", "-")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase();

/**
 * Whether all words of the file's name occur in that of one export, as those of `retry-after` do in `parseRetryAfter`. A name in the
 * plural may stand for a set of three and more.
 */
function isNamedAfter(file: string, exported: readonly string[]): boolean {
  const words = file.split("-").map(singular);
  const isOne = exported.some((name) => words.every((word) => kebab(name).split("-").map(singular).includes(word)));
  return isOne || (file.endsWith("s") && exported.length >= 3);
}

const singular = (word: string) => word.replace(/s$/, "");

const BEGINS =
  /^(\s*)(?:export )?(?:async |static |override |readonly |get )*(?:function\*? (\w+).*|const (\w+) = .*=>|(#?\w+)\([^;]*\).*) ?\{$|^(\s*)(?:export )?(?:async )?(?:function\*? )?(#?\w+)\($/;
const IS_NO_FUNCTION = new Set(["if", "for", "while", "switch", "catch"]);

describe("a reader finds", () => {
  it("functions of at most 60 lines", () => {
    const found = [...matches(BEGINS)].flatMap(({ source, match, index }) => {
      const name = match[2] ?? match[3] ?? match[4] ?? match[6] ?? "";
      if (IS_NO_FUNCTION.has(name)) return [];
      const indent = match[1] ?? match[5] ?? "";
      const length =
        source.lines.slice(index + 1).findIndex((line) => new RegExp(`^${indent}\\}[;,)]*$`).test(line)) + 2;
      return [{ name, length, file: source.file }];
    });
    expect(found.length).to.be.above(1_000);
    const long = found.filter(({ length }) => length > MOST_LINES);
    expect(long.map(({ file, name, length }) => `${file}: ${name} has ${length} lines`)).to.deep.equal([]);
  });

  it("each file under the name of something that it exports", () => {
    const names = new Map<string, string[]>();
    const exporting = /^export (?:async )?(?:abstract )?(?:function\*?|const|class|interface|type) (\w+)/;
    for (const { source, match } of matches(exporting)) {
      names.set(source.file, [...(names.get(source.file) ?? []), match[1] ?? ""]);
    }
    const nameless = [...names].filter(([file, all]) => !isNamedAfter(basename(file, ".ts"), all));
    expect(nameless.map(([file, all]) => `${file}: ${all.join(", ")}`)).to.deep.equal([]);
  });

  it("each type under a name of its own", () => {
    const places = new Map<string, string[]>();
    for (const { source, match } of matches(/^(?:export )?(?:interface|type|class|abstract class) (\w+)(?= |<)/)) {
      places.set(match[1] ?? "", [...(places.get(match[1] ?? "") ?? []), source.file]);
    }
    const twice = [...places].filter(([, files]) => files.length > 1);
    expect(twice.map(([name, files]) => `${name}: ${files.join(", ")}`)).to.deep.equal([]);
  });

  it("unions told apart by kind, not by their members or classes", () => {
    const classes = [...matches(/^(?:export )?(?:abstract )?class (\w+)(?! extends \w*Error)/)];
    const own = classes.map(({ match }) => match[1]).join("|");
    const told = new RegExp(`"\\w+" in \\w+(?=\\)|;|,| [?&|]|$)|\\binstanceof (?:${own})\\b`);
    expect([...matches(told)].map(({ source, match }) => `${source.file}: ${match[0]}`)).to.deep.equal([]);
  });

  it("layouts asked for their traits, and for their name nowhere but in their table", () => {
    const layout = String.raw`[\w.?]*\b(?:layout|layoutOf\w+)`;
    const asks = new RegExp(
      [
        String.raw`\blayout\w*(?:\(\w+\))?\)? [!=]== "|" [!=]== ${layout}|switch \(${layout}\b|"layout":"[a-z]`,
        String.raw`\.(?:includes|has)\(${layout}\)|(?<!LAYOUTS)(?<=[\w)}])\[${layout}\]|\bLAYOUTS(?:\.|\[")[a-z]`,
      ].join("|"),
    );
    const forms = [
      'run.reading?.layout !== "authorized_users"',
      'layoutToldBy(name) === "bank"',
      '"bank" === of.layout',
    ];
    const others = ["switch (reading.layout) {", "OF_USERS.includes(layout)", "MONEY[reading.layout]", "LAYOUTS.bank"];
    expect([...forms, ...others].filter((form) => !asks.test(form))).to.deep.equal([]);
    const found = [...matches(asks)].filter(({ source }) => source.file !== "src/read/layouts.ts");
    expect(found.map(({ source, match }) => `${source.file}: ${match.input.trim()}`)).to.deep.equal([]);
  });
});
