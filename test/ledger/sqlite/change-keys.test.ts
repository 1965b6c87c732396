/**
 * The key of a change: what SQL says of it is what the rest of the program says.
 */
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { accountKey, clientIdOf, clientKey, isClientKey } from "../../../src/change-keys.ts";
import * as sql from "../../../src/ledger/sql/change-keys.ts";

const IDS = ["1", "core 17", "account:1", "client:2", "ähnlich", "%_'", "zzz"];
const KEYS = IDS.flatMap((id) => [accountKey(id), clientKey(id)]);

function ask(expression: string, key: string): unknown {
  using database = new DatabaseSync(":memory:");
  return database.prepare(`SELECT ${expression} AS told FROM (SELECT ? AS key)`).get(key)?.told;
}

describe("the key of a change, in SQL", () => {
  it("is of an account or of a client, by a condition and as a range", () => {
    for (const key of KEYS) {
      const isClient = Number(isClientKey(key));
      expect([ask(sql.isClientKey("key"), key), ask(sql.amongClientKeys("key"), key)]).to.deep.equal([
        isClient,
        isClient,
      ]);
      expect([ask(sql.isAccountKey("key"), key), ask(sql.amongAccountKeys("key"), key)]).to.deep.equal([
        1 - isClient,
        1 - isClient,
      ]);
    }
  });

  it("gives back the id that it was made of", () => {
    for (const id of IDS) {
      expect(ask(sql.clientIdIn("key"), clientKey(id))).to.equal(id);
      expect(ask(sql.accountIdIn("key"), accountKey(id))).to.equal(id);
      expect(clientIdOf(clientKey(id))).to.equal(id);
    }
  });
});
