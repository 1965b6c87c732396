/**
 * What the headers of an answer call the request.
 */
import { expect } from "chai";
import { findRequestId, LONGEST_REQUEST_ID, REQUEST_ID_HEADERS } from "../../../src/bank/transport/request-id.ts";

describe("findRequestId", () => {
  for (const name of REQUEST_ID_HEADERS)
    it(`takes ${name}, before those that are named after it`, () => {
      const later = REQUEST_ID_HEADERS.slice(REQUEST_ID_HEADERS.indexOf(name) + 1).map((other) => [other, "later"]);
      expect(findRequestId({ ...Object.fromEntries(later), [name]: "8c1f2d-FRA", date: "now" })).to.equal("8c1f2d-FRA");
    });

  for (const id of ["3f1c7f2e-0b0a-4c19-9a52-1b0a3e0d9f11", "Root=1-67/a:b.c+d==", "a".repeat(LONGEST_REQUEST_ID)])
    it(`takes ${id.slice(0, 40)}`, () => expect(findRequestId({ "x-request-id": id })).to.equal(id));

  for (const [name, value] of Object.entries({
    "an empty text": "",
    "one that is too long": "a".repeat(LONGEST_REQUEST_ID + 1),
    "a sentence": "request 7",
    "a formula": "=1+1",
    "a command": "$(reboot)",
    "a terminal's command": "a\u001b[2J",
    "a letter that is no plain one": "é1",
    "two headers": ["a", "b"],
  }))
    it(`drops ${name}, and takes the next header`, () => {
      expect(findRequestId({ "x-request-id": value })).to.equal(undefined);
      expect(findRequestId({ "x-request-id": value, "request-id": "next" })).to.equal("next");
    });
});
