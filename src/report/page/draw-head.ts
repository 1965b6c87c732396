/**
 * The head of the page: what became of the run, in a sentence and a few facts, and what to type next. Pure.
 */
import { EXIT_MEANINGS } from "../../errors/exit-codes.ts";
import { counted } from "../../text/counted.ts";
import { shownKey } from "../../text/shown-key.ts";
import { toLine } from "../../text/to-line.ts";
import { renderSeconds } from "../forecast.ts";
import type { Summary } from "../summary.ts";
import { type Html, type HtmlPart, html } from "./html.ts";
import { verdictOf } from "./verdict.ts";

export function drawHead(summary: Summary): Html {
  const { run, job, exit, stopped } = summary;
  return html`<header>
<p class="over">${kindOf(summary)} ${code(run)} of ${job === null ? "no job" : html`job ${code(job)}`}</p>
<h1>${verdictOf(summary)}</h1>
<p class="exit"><strong>Exit ${exit}:</strong> ${EXIT_MEANINGS[exit]}.</p>
${stopped === null ? null : html`<p class="stopped">It stopped: ${toLine(stopped.message)} (${code(stopped.code)}).</p>\n`}<dl class="facts">
${factsOf(summary).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
</header>
`;
}

export const code = (text: string): Html => html`<code>${text}</code>`;

export function kindOf({ kind, rehearsal }: Pick<Summary, "kind" | "rehearsal">): string {
  if (rehearsal) return "Rehearsal";
  return { run: "Run", plan: "Plan", validate: "Validation" }[kind];
}

function factsOf(summary: Summary): (readonly [name: string, value: HtmlPart])[] {
  const { file, bank, startedAt, endedAt, actor, rerunOf, planOf, narrowed, reason, results } = summary;
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000;
  return [
    ["File", html`${code(shownKey(file.key))} in ${code(file.place)}`],
    ["Bank", bank === null ? "not asked" : html`${code(bank.apiUrl)}, program ${code(bank.program)}`],
    ["Started", renderTime(startedAt)],
    ["Last result", html`${renderTime(endedAt)}, after ${renderSeconds(seconds)}`],
    ...(actor === null ? [] : [["Started by", `${actor.user} on ${actor.host}, Tieout ${actor.version}`] as const]),
    ...(rerunOf === null ? [] : [["Rows of", html`run ${code(rerunOf)}`] as const]),
    ...(planOf === undefined ? [] : [["Applies", html`plan ${code(planOf)}`] as const]),
    ...(narrowed === undefined
      ? []
      : [["Narrowed to", `${narrowed.to}; ${counted(narrowed.rows, "row")} left out`] as const]),
    ...(reason === null ? [] : [["Reason", toLine(reason)] as const]),
    ...(results === "" ? [] : [["Results", code(results)] as const]),
  ];
}

/** As `2026-11-29 00:36:22 UTC`. */
export function renderTime(instant: string): Html {
  return html`<time datetime="${instant}">${instant.slice(0, 19).replace("T", " ")} UTC</time>`;
}

export function drawNext({ next }: Pick<Summary, "next">): Html | null {
  if (next.length === 0) return null;
  return html`<section aria-labelledby="next">
<h2 id="next">What to do next</h2>
<ol class="next">
${next.map((command) => {
  const [typed = "", does = ""] = command.split(/ {2,}# /);
  return html`<li>${does === "" ? null : html`<p>${does.slice(0, 1).toUpperCase()}${does.slice(1)}</p>`}<pre><code>${typed}</code></pre></li>\n`;
})}</ol>
</section>
`;
}
