/**
 * Every broken row of the bank's own account file ends with its one word and code, and nothing of it is sent, while the
 * sound rows before it in the file are applied; and the same rows in our layout, where customers go by own ids too.
 */
import { expect } from "chai";
import { PLAN_CODES } from "../../src/errors/codes/plan.ts";
import type { JobInput } from "../../src/job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { cellsShownBy } from "../rules/shown-cells.ts";
import { openDesk } from "../support/scenario.ts";
import { BANK_FILE_THEMES } from "./bank-file-rows.ts";
import {
  accountIdOf,
  type BankFileTheme,
  bankFileOf,
  bankRowsOf,
  bankSeedOf,
  clientIdOf,
  OURS,
  ourFileOf,
} from "./bank-file-rows-seed.ts";
import type { Cells } from "./broken-rows-seed.ts";

const LAYOUTS = [
  { name: "in the bank's layout", fileOf: bankFileOf, job: {}, isOurs: false },
  { name: "in our layout", fileOf: ourFileOf, job: OURS, isOurs: true },
] as const;

describe("rows of the bank's own file that break one rule each", () => {
  it("are two hundred and more, each with a name and cells of its own", () => {
    const names = BANK_FILE_THEMES.flatMap(({ name, broken }) => broken.map(([row]) => `${name}: ${row}`));
    const cells = BANK_FILE_THEMES.flatMap(({ name, broken }) =>
      broken.map(([, , row]) => `${name}: ${JSON.stringify(row)}`),
    );
    expect(names.length).to.be.at.least(200);
    expect(new Set(names).size).to.equal(names.length);
    expect(new Set(cells).size).to.equal(names.length);
  });

  for (const theme of BANK_FILE_THEMES) {
    describe(theme.name, () => {
      for (const { name, fileOf, job, isOurs } of LAYOUTS) {
        it(`${theme.broken.length} end with their code ${name}, and nothing of them is sent`, async () => {
          const given = bankRowsOf(theme);
          const wanted = isOurs && theme.inOurs !== undefined ? given.map(() => theme.inOurs) : endsOf(theme);
          const { ends, messages, sent } = await runOf(theme, fileOf(given), job);
          const names = [...theme.sound.map((_, index) => `sound ${index + 1}`), ...theme.broken.map(([row]) => row)];
          expect(ends.map((end, index) => `${names[index]}: ${end} ${messages[index]}`)).to.deep.equal(
            wanted.map((end, index) => `${names[index]}: ${end} ${messages[index]}`),
          );
          const applied = given.flatMap((cells, index) =>
            wanted[index] === "applied" ? [keyOf(cells, index, theme)] : [],
          );
          expect(sent).to.have.members(applied);
          checkMessages(theme, given, ends, messages);
        });
      }
    });
  }
});

/** What each row of the file ends with. */
function endsOf({ sound, broken }: BankFileTheme): readonly string[] {
  return [...sound.map(() => "applied"), ...broken.map(([, end]) => end)];
}

async function runOf(theme: BankFileTheme, csv: string, job: Partial<JobInput>) {
  const { lookup } = theme;
  await using bank = await startSandbox({ seed: bankSeedOf(theme), ...(lookup !== undefined && { lookup }) });
  await using desk = await openDesk({ durable: false });
  const { rows } = await desk.run(bank, csv, { job: { ...job, ...theme.job } });
  return {
    // What is only noted of a row that was applied is no code against it.
    ends: rows.map(({ result, result_code }) => (result === "applied" ? result : `${result} ${result_code}`)),
    messages: rows.map(({ result_message = "" }) => result_message),
    sent: [...new Set(bank.writes.map(accountOf))],
  };
}

/** The account that a call would change: its id in the path, or the client's id of a new one. */
function accountOf({ path, body }: Sandbox["writes"][number]): string {
  return path === "/v0/accounts" ? Object(body).client_account_id : (path.split("/")[3] ?? "");
}

function keyOf({ client_account_id }: Cells, index: number, { on }: BankFileTheme): string {
  return on === undefined ? (client_account_id ?? clientIdOf(index)) : accountIdOf(index);
}

function checkMessages(
  theme: BankFileTheme,
  given: readonly Cells[],
  ends: readonly string[],
  messages: readonly string[],
): void {
  for (const [index, message] of messages.entries()) {
    const [word, code = ""] = ends[index]?.split(" ") ?? [];
    if (word === "applied") continue;
    expect(message).to.match(/^[^\n\r]{15,}$/);
    expect(cellsShownBy(message, Object.values(given[index] ?? {}), code in PLAN_CODES), message).to.deep.equal([]);
    if (theme.says !== undefined) expect(message).to.match(theme.says);
  }
}
