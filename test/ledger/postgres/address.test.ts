/** The URL of a ledger in PostgreSQL: what is read from it, and that no refusal shows a password, however it was typed. */
import { expect } from "chai";
import { FatalError } from "../../../src/errors/fatal-error.ts";
import { isPostgresUrl, parsePostgresUrl } from "../../../src/ledger/postgres/address.ts";

describe("the address of a ledger in PostgreSQL", () => {
  it("is known by its protocol, blanks before it or not", () => {
    for (const url of ["postgres://h/d", "postgresql://h/d", " POSTGRES://h/d"])
      expect(isPostgresUrl(url), url).to.equal(true);
    for (const path of ["ledger.sqlite", "/postgres/ledger", "mysql://h/d"])
      expect(isPostgresUrl(path), path).to.equal(false);
  });

  it("has a name without the password, and a schema and settings of its own", () => {
    expect(
      parsePostgresUrl("postgres://me:p%40ss@host:5433/bank?schema=t_1&options=-c%20geqo%3Doff&sslmode=verify-full"),
    ).to.deep.equal({
      url: "postgres://me:p%40ss@host:5433/bank?sslmode=verify-full",
      schema: "t_1",
      name: "postgres://me@host:5433/bank?schema=t_1",
      password: "p@ss",
      options: "-c geqo=off",
    });
    expect(parsePostgresUrl("postgres://host/bank").name).to.equal("postgres://host/bank");
    expect(parsePostgresUrl("postgres://host/bank?password=secret")).to.include({
      password: "secret",
      name: "postgres://host/bank",
    });
  });

  const refused: readonly (readonly [url: string, says: RegExp])[] = [
    ["postgres://me:se/cret@host/bank", /not a URL that can be read/],
    ["postgres://me:se%cret@host/bank", /not a URL that can be read/],
    ["postgres://me:12/secret@host", /names no database/],
    ["postgres://me:12?secret@host/bank", /names no database/],
    ["postgres://me:secret@host", /names no database/],
    ["postgres:/me:secret@host/bank", /names no database/],
    ["postgres://me:secret@host/bank?schema=Secret", /the schema in the target cannot be used/],
  ];
  for (const [url, says] of refused)
    it(`is refused without a word of what is in it: ${url}`, () => {
      const error = attempt(() => parsePostgresUrl(url, "the target"));
      expect(error?.code).to.equal("ledger_unusable");
      expect(error?.message)
        .to.match(says)
        .and.match(/the target/);
      expect(`${error?.message} ${error?.hint}`).not.to.match(/se.?cret/i);
    });
});

function attempt(act: () => unknown): FatalError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof FatalError) return error;
    throw error;
  }
}
