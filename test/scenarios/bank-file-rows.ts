/**
 * Rows of the bank's own account file that break one rule each, by theme, with rows beside them that break none.
 */
import * as applications from "./bank-file-rows-applications.ts";
import * as customers from "./bank-file-rows-customers.ts";
import * as documents from "./bank-file-rows-documents.ts";
import type { BankFileTheme } from "./bank-file-rows-seed.ts";
import * as values from "./bank-file-rows-values.ts";

export const BANK_FILE_THEMES: readonly BankFileTheme[] = [customers, applications, documents, values].flatMap(
  (themes) => Object.values<BankFileTheme>(themes),
);
