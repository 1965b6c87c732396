/**
 * What banks make of accounts that they are given, in place: texts trimmed and in capitals, instants without fractions.
 */
import type { SandboxAccount } from "../../src/sandbox/state/bank-state.ts";

type Keep = (account: SandboxAccount) => void;

const tidy = (text: string) => text.trim().replace(/\s+/g, " ").normalize("NFC");
const capitals = (text: string) => tidy(text).toUpperCase();
const wholeSeconds = (instant: string) => instant.replace(/\.\d+/, "");

/** Every free text of an account. */
function changeTexts({ details, metadata, documents }: SandboxAccount, change: (text: string) => string): void {
  const notice = details?.adverse_action_notice;
  if (details?.product_name !== undefined) details.product_name = change(details.product_name);
  if (details?.credit?.underwriting_grade !== undefined)
    details.credit.underwriting_grade = change(details.credit.underwriting_grade);
  if (notice?.reason !== undefined) notice.reason = change(notice.reason);
  for (const name of Object.keys(metadata ?? {}))
    if (metadata?.[name] !== undefined) metadata[name] = change(metadata[name]);
  for (const document of documents ?? [])
    if (document.version !== undefined) document.version = change(document.version);
}

/** Blanks at the ends go, several become one, and letters are composed. */
export const tidyText: Keep = (account) => changeTexts(account, tidy);

export const dropFractions: Keep = ({ details, documents }) => {
  const notice = details?.adverse_action_notice;
  const report = details?.credit?.report;
  if (notice?.delivered_at !== undefined) notice.delivered_at = wholeSeconds(notice.delivered_at);
  if (report?.pulled_at !== undefined) report.pulled_at = wholeSeconds(report.pulled_at);
  for (const document of documents ?? []) {
    if (document.displayed_at !== undefined) document.displayed_at = wholeSeconds(document.displayed_at);
    if (document.consented_at !== undefined) document.consented_at = wholeSeconds(document.consented_at);
  }
};

/** All of it at once. */
export const keepOwnForm: Keep = (account) => {
  changeTexts(account, capitals);
  dropFractions(account);
};
