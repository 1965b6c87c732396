/**
 * The report page: one HTML file about one run, which needs nothing beside it, asks for nothing and runs no script but its own. The same summary and
 * rows give the same bytes. Pure.
 */
import type { TimedCalls } from "../../bank/call-times.ts";
import { shownKey } from "../../text/shown-key.ts";
import type { Cause } from "../causes.ts";
import type { ChangedField } from "../field-tally.ts";
import type { Summary } from "../summary.ts";
import { contentPolicy } from "./content-policy.ts";
import { drawCalls } from "./draw-calls.ts";
import { drawCauses } from "./draw-causes.ts";
import { drawCertificate, drawParticulars } from "./draw-certificate.ts";
import { drawGuards } from "./draw-guards.ts";
import { drawHead, drawNext, kindOf } from "./draw-head.ts";
import { drawOperations } from "./draw-operations.ts";
import { drawSnapshot } from "./draw-snapshot.ts";
import { drawWords } from "./draw-words.ts";
import type { ShownRow } from "./first-rows.ts";
import { html, verbatim } from "./html.ts";
import { PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";

export interface ReportContent {
  readonly summary: Summary;
  readonly rowsOf: (cause: Cause) => readonly ShownRow[];
  /** Fields of the rows that were applied. */
  readonly fields: readonly ChangedField[];
  readonly times: readonly TimedCalls[];
}

const POLICY = contentPolicy(PAGE_STYLE, PAGE_SCRIPT);

export function drawReport({ summary, rowsOf, fields, times }: ReportContent): string {
  const { run, job, file, words, rows, causes, kind } = summary;
  const title = `${kindOf(summary)} ${run}${job === null ? "" : `, ${job}`}: ${shownKey(file.key)}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${verbatim(PAGE_STYLE)}</style>
</head>
<body>
<main>
${drawHead(summary)}${drawWords(words, rows)}${drawNext(summary)}${drawCauses(causes, rowsOf)}${
  kind === "validate"
    ? null
    : [drawOperations(summary, fields), drawCalls(summary, times), drawSnapshot(summary), drawGuards(summary)]
}${drawCertificate(summary)}${drawParticulars(summary)}</main>
<script>${verbatim(PAGE_SCRIPT)}</script>
</body>
</html>
`.html;
}
