/** docs/codes.md as Markdown, made from the registry: a table for each stage. */
import { BANK_CODES } from "../../src/errors/codes/bank.ts";
import type { CodeEntry } from "../../src/errors/codes/code-entry.ts";
import { COMMAND_CODES } from "../../src/errors/codes/command.ts";
import { EXPECTED_CODES } from "../../src/errors/codes/expected.ts";
import { FILE_CODES } from "../../src/errors/codes/file.ts";
import { PLAN_CODES } from "../../src/errors/codes/plan.ts";
import { REPAIR_CODES } from "../../src/errors/codes/repair.ts";
import { ROW_CODES } from "../../src/errors/codes/row.ts";
import { RUN_CODES } from "../../src/errors/codes/run.ts";
import { SHAPE_CODES } from "../../src/errors/codes/shape.ts";

const INTRODUCTION = `# Codes

<!-- Made by npm run docs from src/errors/codes/; not edited by hand. -->

Every code that a row, a run or a command can end with. \`tieout codes <code>\` shows one in full.

- **who** can fix it: the one who writes the \`file\`, the \`operator\` of Tieout, the \`bank\`, the maintainers of \`tieout\`, or \`nobody\`, where nothing is wrong
- **again**: whether the same row, unchanged, can end otherwise
- **exit**: for codes that end a command or reject a file, its [exit code](results.md#exit-codes)
`;

const STAGES = {
  "The file": FILE_CODES,
  "A row, by the file alone": ROW_CODES,
  "A row, by what the job says of its file": SHAPE_CODES,
  "A repaired row, by the row it came from": REPAIR_CODES,
  "A row, by what the bank holds": PLAN_CODES,
  "The bank's answers": BANK_CODES,
  "The run": RUN_CODES,
  "The command": COMMAND_CODES,
  "Files that are expected, and the schedule": EXPECTED_CODES,
} satisfies Record<string, Readonly<Record<string, CodeEntry>>>;

export function renderCodes(): string {
  return [INTRODUCTION, ...Object.entries(STAGES).map(([title, codes]) => renderStage(title, codes))].join("\n");
}

function renderStage(title: string, codes: Readonly<Record<string, CodeEntry>>): string {
  const rows = Object.entries(codes).map(
    ([code, { meaning, fixedBy, retryHelps, todo, exit }]) =>
      `| \`${code}\` | ${meaning} | ${fixedBy} | ${retryHelps ? "yes" : "no"} | ${todo} |${exit === undefined ? "" : ` ${exit}`} |`,
  );
  return [
    `## ${title}\n`,
    "| code | meaning | who | again | to do | exit |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}
