/**
 * A file with cells that a spreadsheet program would act on.
 */
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";

export const SEED: SandboxSeed = { accounts: [{ id: "account_1", client_account_id: "c1" }] };
export const CSV = 'account_id,product_name,metadata.note\naccount_1,=1+1,"@x ""y"""\n=cmd,Card,plain\n';
