/**
 * Two hundred rows and more that break one rule each, by theme, with rows beside them that break none.
 */
import { CARDS, CLOSED, DEPOSITS, INACTIVE, PAPERS, STATUSES } from "./broken-rows-changes.ts";
import { CREDIT_OF_NEW, DECIMALS, REPORT_AND_SCRA } from "./broken-rows-credit.ts";
import { COMMERCIAL, ENTITIES, FULL, HOLDERS_AND_USERS, UNDERWRITING } from "./broken-rows-entities.ts";
import { IDS } from "./broken-rows-ids.ts";
import type { Theme } from "./broken-rows-seed.ts";
import { DOCUMENTS, NOTICES, WORDS_AND_TEXT } from "./broken-rows-words.ts";

export const THEMES: readonly Theme[] = [
  IDS,
  WORDS_AND_TEXT,
  CREDIT_OF_NEW,
  REPORT_AND_SCRA,
  DECIMALS,
  DOCUMENTS,
  NOTICES,
  ENTITIES,
  UNDERWRITING,
  STATUSES,
  INACTIVE,
  CLOSED,
  CARDS,
  DEPOSITS,
  PAPERS,
  HOLDERS_AND_USERS,
  FULL,
  COMMERCIAL,
];
