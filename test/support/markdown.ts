/** Reads tables and sections of Markdown pages, for tests that compare them with the code. */
import { expect } from "chai";

/** The text under a heading, up to the next heading of any level. */
export function section(page: string, heading: string): string {
  const lines = page.split("\n");
  const start = lines.indexOf(heading);
  expect(start, heading).to.be.at.least(0);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^#{1,3} /.test(line));
  return rest.slice(0, end === -1 ? undefined : end).join("\n");
}

export const tableLines = (text: string): string[] => text.split("\n").filter((line) => line.startsWith("|"));

/** What is in backquotes in the first cells of lines of tables. */
export function firstCells(lines: readonly string[]): string[] {
  return lines.flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ""));
}
