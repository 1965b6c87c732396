/**
 * Whether a bank has been used, within a query of `banks`.
 */

/**
 * A run with credentials that are wrong gets no further than its plan, and leaves nothing that another bank could miss.
 * The cheap questions come first.
 */
export const IS_BANK_USED = `EXISTS (SELECT 1 FROM links WHERE bank = banks.no) OR EXISTS (SELECT 1 FROM accounts WHERE bank = banks.no)
  OR EXISTS (SELECT 1 FROM runs WHERE bank = banks.no AND kind = 'run' AND rejection IS NULL AND (stage NOT IN ('read', 'plan')
    OR EXISTS (SELECT 1 FROM plans WHERE run = runs.no)))`;
