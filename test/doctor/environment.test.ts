/** Each variable by itself: what is good, poor and bad about it, and that no value is ever shown. */
import { expect } from "chai";
import fc from "fast-check";
import { checkEnvironment } from "../../src/doctor/environment.ts";

const WELL = {
  LEAD_API_URL: "https://api.sandbox.lead.bank",
  LEAD_CLIENT_ID: "client_9f2",
  LEAD_CLIENT_SECRET: "a-secret-of-the-bank",
};
const KEYS = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "a-secret-of-aws" };

/** What is not good of these, beside what is well. */
function troubles(variables: Record<string, string | undefined>, hasBucket = false): string[] {
  return checkEnvironment({ ...WELL, ...variables }, hasBucket)
    .filter(({ word }) => word !== "good")
    .map(({ word, text }) => `${word} ${text}`);
}

describe("the doctor looks at the environment", () => {
  it("and finds nothing wrong with what is well", () => {
    expect(troubles({})).to.deep.equal([]);
    expect(
      troubles({ ...KEYS, AWS_REGION: "us-gov-west-1", AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9" }, true),
    ).to.deep.equal([]);
    expect(
      troubles({ TIEOUT_LEDGER: "/var/lib/tieout/ledger.sqlite", LEAD_PROGRAM: "core", TIEOUT_BUCKET: "b" }),
    ).to.deep.equal([]);
  });

  const cases: readonly [Record<string, string | undefined>, string, boolean?][] = [
    [{ LEAD_API_URL: undefined }, "bad LEAD_API_URL is not set"],
    [
      { LEAD_CLIENT_SECRET: undefined, LEAD_CLIENT_SECRET_FILE: '"/run/secrets/lead"' },
      "bad LEAD_CLIENT_SECRET_FILE has quotes around its value",
    ],
    [{ LEAD_CLIENT_ID: " " }, "bad LEAD_CLIENT_ID is not set"],
    [
      { LEAD_API_URL: "http://api.lead.bank" },
      "bad LEAD_API_URL must begin with https:// (http:// is for loopback only), and begins with http://",
    ],
    [{ LEAD_CLIENT_SECRET: '"a-secret-of-the-bank"' }, "bad LEAD_CLIENT_SECRET has quotes around its value"],
    [{ LEAD_CLIENT_SECRET: "'a-secret-of-the-bank'\n" }, "bad LEAD_CLIENT_SECRET has quotes around its value"],
    [{ LEAD_CLIENT_SECRET: "…" }, "bad LEAD_CLIENT_SECRET still has a placeholder"],
    [{ LEAD_CLIENT_SECRET: "changeme" }, "bad LEAD_CLIENT_SECRET still has a placeholder"],
    [{ LEAD_CLIENT_SECRET: "$LEAD_SECRET" }, "bad LEAD_CLIENT_SECRET still has a placeholder"],
    [{ LEAD_CLIENT_SECRET: "a-secret\nof-two-lines" }, "bad LEAD_CLIENT_SECRET has several lines"],
    [{ LEAD_CLIENT_SECRET: "a secret" }, "bad LEAD_CLIENT_SECRET has a blank within it"],
    [{ LEAD_CLIENT_SECRET: "short" }, "poor LEAD_CLIENT_SECRET is shorter than any secret should be"],
    [
      { LEAD_CLIENT_SECRET: "a-secret-of-the-bank\n" },
      "poor LEAD_CLIENT_SECRET has blanks or a line end around its value",
    ],
    [{ LEAD_PROGRAM: "two\twords" }, "bad LEAD_PROGRAM cannot be the name of a program"],
    [{ TIEOUT_LEDGER: " ledger.sqlite" }, "bad TIEOUT_LEDGER has blanks or a line end around its value"],
    [{ TIEOUT_LEGDER: "x" }, "poor TIEOUT_LEGDER is nothing that Tieout reads"],
    [{ ...KEYS, AWS_SECRET_ACCESS_KEY: undefined }, "bad AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY", true],
    [{ ...KEYS, AWS_ACCESS_KEY_ID: undefined }, "bad AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID", true],
    [
      { ...KEYS, AWS_ACCESS_KEY_ID: "ASIAEXAMPLE" },
      "bad AWS_ACCESS_KEY_ID is a temporary one, and AWS_SESSION_TOKEN is not set",
      true,
    ],
    [{ ...KEYS, AWS_SESSION_TOKEN: "old" }, "poor AWS_SESSION_TOKEN is set beside a lasting AWS_ACCESS_KEY_ID", true],
    [{ AWS_REGION: "Virginia" }, "poor AWS_REGION does not look like a region", true],
    [{ AWS_ENDPOINT_URL_S3: "s3.example.com" }, "bad AWS_ENDPOINT_URL_S3 is not a URL", true],
    [
      { AWS_ENDPOINT_URL_S3: "http://s3.example.com" },
      "poor AWS_ENDPOINT_URL_S3 begins with http://, so files travel unencrypted",
      true,
    ],
  ];
  for (const [variables, said, hasBucket] of cases)
    it(`and says: ${said} (${JSON.stringify(variables)})`, () => {
      expect(troubles(variables, hasBucket)).to.deep.equal([said]);
    });

  it("and leaves AWS alone where no job has a bucket", () => {
    expect(troubles({ AWS_ACCESS_KEY_ID: "x", AWS_REGION: "Virginia" })).to.deep.equal([]);
  });

  it("and gives a next step with all that is not good, and no value with any of it", () => {
    const names = [
      ...Object.keys(WELL),
      ...Object.keys(KEYS),
      "AWS_REGION",
      "AWS_ENDPOINT_URL_S3",
      "TIEOUT_LEDGER",
      "LEAD_PROGRAM",
    ];
    const around = fc.constantFrom("", " ", "\n", '"', "'", "https://", "http://", "$", "<");
    fc.assert(
      fc.property(fc.constantFrom(...names), around, around, (name, before, after) => {
        const value = `${before}CnryValue77${after}`;
        for (const { word, text, next } of checkEnvironment({ ...WELL, ...KEYS, [name]: value }, true)) {
          expect(`${text} ${next}`).not.to.contain("CnryValue77");
          expect(next !== undefined).to.equal(word !== "good");
        }
      }),
    );
  });
});
