/**
 * The page of a plan as Markdown, fit for a pull request or a ticket: what is in the file's name or header is shown as code, so that nothing in
 * it becomes a link, a mention or a mark. Pure.
 */
import { WORDS } from "../errors/words.ts";
import { counted, grouped } from "../text/counted.ts";
import { shownKey } from "../text/shown-key.ts";
import { toLine } from "../text/to-line.ts";
import { renderCalls } from "./calls.ts";
import { isHeld, type PlanPage, renderAhead, renderChanges, renderUsual } from "./plan-page.ts";
import type { Summary } from "./summary.ts";

/** `typed` makes of a command what is typed here. */
export function renderPlanMarkdown(summary: Summary, page: PlanPage, typed: (command: string) => string): string {
  const { run, job, rows, file, words, causes, calls, bank, results, next } = summary;
  const at = bank === null ? "" : `, against ${code(bank.apiUrl)} (program ${code(bank.program)})`;
  const parts = [
    `# Plan ${run}`,
    `${counted(rows, "row")} of ${code(shownKey(file.key))} by ${code(job ?? "the default settings")}${at}. Nothing was sent.`,
    "## Operations",
    ...operationsOf(page),
    ...fieldsOf(page),
    "## Rows by word and cause",
    table(
      ["word", "rows"],
      WORDS.filter((word) => words[word] > 0).map((word) => [word, grouped(words[word])]),
    ),
    ...(causes.length === 0
      ? []
      : [
          table(
            ["word", "code", "the bank's reason", "rows", "such as rows"],
            causes.map(({ word, code: cause, bankCode = "", column, bankReason, count, samples }) => [
              word,
              code(cause),
              [[bankCode, column].filter(Boolean).map(code).join(" in "), bankReason && code(bankReason)]
                .filter(Boolean)
                .join(": "),
              grouped(count),
              samples.join(", "),
            ]),
          ),
        ]),
    "## Calls",
    ...(page.ahead === null ? [] : [`A run now: ${renderAhead(page.ahead)}.`]),
    ...(calls === null ? [] : [`This plan: ${renderCalls(calls, summary)}.`]),
    `Results: ${code(`${results}/results.csv`)}`,
    ...(next.length === 0 ? [] : [["Next:", "", "```sh", ...next.map(typed), "```"].join("\n")]),
  ];
  return parts.join("\n\n");
}

function operationsOf({ operations }: PlanPage): string[] {
  if (operations.length === 0) return ["None: the bank agrees with the file, as far as rows could be compared."];
  const lines = operations.map((operation) => {
    const { kind, count, allowed, usual, irreversible, rows } = operation;
    const strong = isHeld(operation) ? "**" : "";
    return [
      `${strong}${code(kind)}${strong}${irreversible ? " (cannot be undone)" : ""}`,
      `${strong}${grouped(count)}${strong}`,
      `${allowed === null ? "no limit" : grouped(allowed)}${isHeld(operation) ? ", so they are **held**" : ""}`,
      usual === null ? "" : renderUsual(usual).replace("usual ", ""),
      rows.join(", "),
    ];
  });
  const runs = operations.find(({ usual }) => usual !== null)?.usual?.runs;
  const usually = runs === undefined ? "usual" : `usual (${counted(runs, "run")})`;
  return [table(["operation", "planned", "allowed", usually, "such as rows"], lines)];
}

function fieldsOf({ fields }: PlanPage): string[] {
  if (fields.length === 0) return [];
  const lines = fields.map(({ field, accounts, irreversible, changes }) => [
    `${code(field)}${irreversible ? " (cannot be undone)" : ""}`,
    grouped(accounts),
    renderChanges(changes),
  ]);
  return ["## Fields that change", table(["field", "accounts", "commonest changes"], lines)];
}

function table(titles: readonly string[], lines: readonly (readonly string[])[]): string {
  const rows = [titles, titles.map(() => "---"), ...lines];
  return rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A bar ends a cell of a table even within code. */
function code(text: string): string {
  return `\`${toLine(text).replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}
