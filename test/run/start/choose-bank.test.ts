/** Which bank a start works at: a second one of what the ledger knows is never begun without somebody's word. */
import { expect } from "chai";
import { FatalError } from "../../../src/errors/fatal-error.ts";
import type { KnownBank } from "../../../src/ledger/ledger.ts";
import { type Asked, chooseBank } from "../../../src/run/start/choose-bank.ts";

const URL = "https://bank.test";
const bank = (program: string, ...clientIds: readonly string[]): KnownBank => ({
  bank: { apiUrl: URL, program },
  isNamed: true,
  clientIds,
  isUsed: true,
});
/** As a ledger of an earlier version has it. */
const byClient = (clientId: string): KnownBank => ({ ...bank(clientId, clientId), isNamed: false });
const unused = (known: KnownBank): KnownBank => ({ ...known, isUsed: false });

function choose(known: readonly KnownBank[], clientId: string, program?: string): string {
  const asked: Asked = { apiUrl: URL, clientId, program };
  try {
    const chosen = chooseBank(known, asked);
    expect(chosen.apiUrl).to.equal(URL);
    return chosen.program;
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    expect(error.exit).to.equal(2);
    return `${error.code}: ${error.message}; ${error.hint}`;
  }
}

const PREPAID = bank("prepaid", "c1", "c2");
const LENDING = bank("lending", "c5");

/** What the ledger knows, the client id and the program if one is given, and the program that is chosen. */
const GOES_ON: Readonly<Record<string, [readonly KnownBank[], string, string | undefined, string]>> = {
  "in a new ledger, by client id": [[], "c1", undefined, "c1"],
  "in a new ledger, by program": [[], "c1", "prepaid", "prepaid"],
  "as an earlier version did, by client id": [[byClient("c1")], "c1", undefined, "c1"],
  "by either of two client ids that an earlier version used": [[byClient("c2"), byClient("c1")], "c1", undefined, "c1"],
  "by a program, with a client id that was used for it": [[PREPAID, LENDING], "c1", "prepaid", "prepaid"],
  "by a program, with credentials that are new": [[PREPAID, LENDING], "c9", "prepaid", "prepaid"],
  "by a program that is called as the first client id": [[byClient("c1")], "c9", "c1", "c1"],
  "with a second program beside a named one": [[PREPAID], "c5", "lending", "lending"],
  "by client id, where an earlier start never reached the bank": [[unused(byClient("typo"))], "c1", undefined, "c1"],
  "by program, where an earlier start never reached the bank": [[unused(byClient("c1"))], "c1", "prepaid", "prepaid"],
  "by program, beside what an earlier version knew by other client ids": [
    [PREPAID, byClient("c7")],
    "c1",
    "prepaid",
    "prepaid",
  ],
};

const REFUSES: Readonly<Record<string, [readonly KnownBank[], string, string | undefined, RegExp]>> = {
  "a program, while the bank is known by the client id alone": [
    [byClient("c1")],
    "c1",
    "prepaid",
    /^bank_unnamed: this ledger knows https:\/\/bank\.test by the client id c1, .*; if it is prepaid, type: tieout ledger name-bank c1 prepaid; if not, /,
  ],
  "a program with new credentials, while the bank is known by another client id": [
    [byClient("c1")],
    "c2",
    "prepaid",
    /^bank_unnamed: .*tieout ledger name-bank c1 prepaid;/,
  ],
  "a program, and asks for the client id in use before others": [
    [byClient("c2"), byClient("c1")],
    "c1",
    "prepaid",
    /^bank_unnamed: .*name-bank c1 prepaid;/,
  ],
  "a new program, while another bank has no name yet": [
    [PREPAID, byClient("c7")],
    "c8",
    "lending",
    /^bank_unnamed: .*name-bank c7 lending;/,
  ],
  "a client id that is new, where the bank is known by another": [
    [byClient("c1")],
    "c2",
    undefined,
    /^program_unclear: LEAD_CLIENT_ID \(c2\) is new to this ledger, which knows https:\/\/bank\.test as c1, .*; if only the credentials are new, set LEAD_PROGRAM=c1; if the program is another/,
  ],
  "a client id that is new, where banks are named": [
    [PREPAID, LENDING],
    "c9",
    undefined,
    /^program_unclear: .* as prepaid and lending, .*set LEAD_PROGRAM=prepaid or set LEAD_PROGRAM=lending;/,
  ],
  "a forgotten program": [
    [PREPAID, LENDING],
    "c2",
    undefined,
    /^program_unclear: LEAD_CLIENT_ID \(c2\) has been used for the program prepaid, and no program is given; set LEAD_PROGRAM=prepaid, or program in the job$/,
  ],
  "a forgotten program, though a bank has the client id's name": [
    [PREPAID, byClient("c2")],
    "c2",
    undefined,
    /^program_unclear: .*used for the program prepaid/,
  ],
  "another program than that of the credentials": [
    [PREPAID, LENDING],
    "c5",
    "prepaid",
    /^program_unclear: LEAD_CLIENT_ID \(c5\) has been used for the program lending, and the program given is prepaid; .*or use the credentials of prepaid; or, if they are those of prepaid, and lending was a slip, type: tieout ledger name-bank c5 prepaid$/,
  ],
  "a program that is mistyped, as its credentials are another's": [
    [PREPAID],
    "c1",
    "prepiad",
    /^program_unclear: .*used for the program prepaid/,
  ],
  "a program that differs from a known one by form only": [
    [PREPAID],
    "c9",
    "Pre Paid",
    /^program_unclear: .*nearly the same as prepaid.*; set LEAD_PROGRAM=prepaid,/,
  ],
  "a client id that is for a shell to take apart": [
    [byClient("c 1;x")],
    "c2",
    "pre paid",
    /name-bank 'c 1;x' 'pre paid';/,
  ],
};

describe("chooseBank", () => {
  for (const [what, [known, clientId, program, chosen]] of Object.entries(GOES_ON))
    it(`goes on ${what}`, () => expect(choose(known, clientId, program)).to.equal(chosen));

  for (const [what, [known, clientId, program, says]] of Object.entries(REFUSES))
    it(`refuses ${what}`, () => expect(choose(known, clientId, program)).to.match(says));
});
