/**
 * What rows are held for: every place in the source that holds one, the registry of codes and the table in docs/repairing.md say the same,
 * so that no row can be held without a way to release it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { CodeEntry } from "../../src/errors/codes/code-entry.ts";
import { ACCEPTABLE, CODES, type Code } from "../../src/errors/codes/codes.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Each file that gives a row the word, and the codes that it does so for. */
const HOLDS: Readonly<Record<string, readonly Code[]>> = {
  "src/ledger/sql/guard-shape.ts": ["guard"],
  "src/ledger/sql/selection.ts": ["guard"],
  "src/run/apply/first-alone.ts": ["lookup_unproven"],
  "src/run/apply/judge-drift.ts": ["drifted"],
  "src/run/look-up.ts": ["lookup_unproven"],
  "src/run/own-ids.ts": ["own_id_unproven"],
  "src/run/plan/hold-cut-row.ts": ["last_row_maybe_cut"],
  "src/run/plan/plan-one.ts": ["create_not_allowed", "lookup_unproven", "key_near_known"],
};
/** The word `held` as a value, not as a condition or the kind of a lease that another has. */
const GIVES_WORD = /(?<!AND word = |kind: |kind === |\? \("claimed" as const\) : \()["']held["'](?! as const, lease)/;

const held = (Object.keys(CODES) as Code[]).filter((code) => (CODES[code] as CodeEntry).heldUntil !== undefined);

describe("what rows are held for", () => {
  it("is the same in the source and in the registry", () => {
    const places = ["src/run", "src/ledger", "src/plan", "src/apply", "src/workers"].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts") && !name.endsWith("leases.ts"))
        .map((name) => `${folder}/${name}`)
        .filter((file) => GIVES_WORD.test(readFileSync(join(ROOT, file), "utf8"))),
    );
    expect(places.sort()).to.deep.equal(Object.keys(HOLDS).sort());
    expect([...new Set(Object.values(HOLDS).flat())].sort()).to.deep.equal([...held].sort());
  });

  it("has a row in the docs each, with the command that releases it", () => {
    const text = readFileSync(join(ROOT, "docs/repairing.md"), "utf8");
    const [section = ""] = /## Release held rows[\s\S]*?(?=\n###)/.exec(text) ?? [];
    const rows = [...section.matchAll(/^\| `(\w+)` \|[^|]+\|(.+)\|$/gm)].map(([, code = "", how = ""]) => ({
      code,
      how,
    }));
    expect(rows.map(({ code }) => code).sort()).to.deep.equal([...held].sort());
    for (const { code, how } of rows) {
      const { heldUntil } = CODES[code as Code] as CodeEntry;
      const command = {
        approved: "tieout approve",
        accepted: `tieout rerun <run> --only held --accept ${code} --reason "…"`,
        lifted: "tieout rerun <run> --only held",
      }[heldUntil ?? "lifted"];
      expect(how, code).to.contain(command);
    }
  });

  it("can be accepted only where the registry says so", () => {
    expect([...ACCEPTABLE].sort()).to.deep.equal(["drifted", "key_near_known", "last_row_maybe_cut"]);
  });
});
