/**
 * The bench as Markdown: the bars first, then a table for each part; and the same put between the markers of README.md.
 */
import { type Bar, type Part, verdictOf, withUnit } from "./figures.ts";

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  /** Processes that wanted a core over the last minute, before the bench began and at its end. */
  readonly load: readonly [number, number];
}

export interface Report {
  readonly quick: boolean;
  readonly startedAt: string;
  readonly minutes: number;
  readonly machine: Machine;
  readonly parts: readonly Part[];
}

const END = "<!-- end of figures -->";

export function renderReport(report: Report): string {
  const { parts, quick, machine, startedAt, minutes } = report;
  const { processor, cores, memoryBytes, system, node, load } = machine;
  const where = `${processor}, ${cores} cores, ${Math.round(memoryBytes / 2 ** 30)} GiB, ${system}, Node ${node}`;
  const busy = `load ${load[0].toFixed(1)} before and ${load[1].toFixed(1)} at the end`;
  const size = quick ? " Quick: small sizes and few repeats, so the bars are a hint and no verdict." : "";
  const broken = parts
    .filter(({ isBroken }) => isBroken)
    .map(({ title }) => ` **${title}, and its bars are missing.**`);
  const bars = parts.flatMap((part) => part.bars);
  return [
    `${startedAt.slice(0, 10)}, ${where}; ${minutes.toFixed(0)} min; ${busy}.${size}${broken.join("")}`,
    table(["bar", "wanted", "measured", ""], bars.map(rowOfBar)),
    ...parts.flatMap(({ title, text, columns, rows }) => [
      `### ${title}`,
      text,
      ...(rows.length > 0 ? [table(columns, rows)] : []),
    ]),
  ].join("\n\n");
}

function rowOfBar(bar: Bar): string[] {
  const wanted = bar.wanted === "at least" ? "≥" : "≤";
  return [bar.what, `${wanted} ${withUnit(bar.limit, bar.unit)}`, withUnit(bar.measured, bar.unit), verdictOf(bar)];
}

export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = columns.map((_, index) => (index === 0 ? "---" : "---:"));
  return [line(columns), line(rule), ...rows.map(line)].join("\n");
}

/** The text with everything between the markers of that command replaced; throws when it has none. */
export function putBetweenMarkers(text: string, command: string, report: string): string {
  const begin = `<!-- figures: ${command} -- --write -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(END, from);
  if (from < 0 || to < 0) throw new Error(`the file has no markers for the figures of ${command}`);
  return `${text.slice(0, from + begin.length)}\n\n${report}\n\n${text.slice(to)}`;
}
