/**
 * Whatever a job says: what is written in its form and read comes back the same, and what it does not list is invalid.
 */
import { expect } from "chai";
import fc from "fast-check";
import { isFaults } from "../../../src/read/cell-fault.ts";
import { CURRENCY_DECIMALS } from "../../../src/read/row/currency-decimals.ts";
import { numberText } from "../../../src/read/shape/number-text.ts";
import { GROUP_SIGNS } from "../../../src/read/shapes.ts";
import { valuesOf } from "./reading-of.ts";

/** As cells come from a file: no spaces around them, and something in them. */
const cell = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 8 })
  .filter((text) => text.trim() === text && text !== "");
const entity = fc.stringMatching(/^entity_[a-z0-9]{1,12}$/);
const users = fc.uniqueArray(entity, { minLength: 1, maxLength: 20 });
const STATES = ["active", "inactive/frozen", "inactive/dormant", "closed/paid_off"] as const;

describe("shapes, whatever they say", () => {
  it("give each listed cell its value, and no other cell any", () => {
    const map = fc.dictionary(cell, fc.constantFrom(...STATES), { minKeys: 1, maxKeys: 8 });
    fc.assert(
      fc.property(map, cell, (status, other) => {
        for (const [given, value] of Object.entries(status)) {
          const [word, reason] = value.split("/");
          const read = valuesOf({ status: given }, { values: { status } });
          expect(read).to.deep.equal({ status: word, ...(reason && { status_reason: reason }) });
        }
        if (!Object.hasOwn(status, other))
          expect(valuesOf({ status: other }, { values: { status } })).to.deep.equal(["status: value_unmapped"]);
      }),
    );
  });

  it("give the same in any letter case where that is said", () => {
    const letters = fc.stringMatching(/^[a-z]{1,6}$/);
    fc.assert(
      fc.property(fc.uniqueArray(letters, { minLength: 1, maxLength: 5 }), fc.boolean(), (cells, isSecured) => {
        const listed = Object.fromEntries(cells.map((one) => [one, isSecured]));
        const values = { is_secured: { cells: listed, letterCase: "ignore" as const } };
        for (const one of cells)
          expect(valuesOf({ is_secured: one.toUpperCase() }, { values })).to.deep.equal({ is_secured: isSecured });
      }),
    );
  });

  it("read a split list as it was joined, with spaces around its items or without", () => {
    const signs = fc.constantFrom("|", "/", "~", "||", ",", ";", " / ");
    fc.assert(
      fc.property(users, signs, fc.constantFrom("", " "), (list, sign, space) => {
        const text = list.join(`${space}${sign}${space}`);
        const read = valuesOf({ authorized_users: text }, { split: { authorized_users: sign } });
        expect(read).to.deep.equal({ authorized_users: list });
      }),
    );
  });

  it("read a list from its columns in their order, wherever cells between them are empty", () => {
    const places = fc.array(fc.option(entity, { nil: "" }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(places, (cells) => {
        const names = cells.map((_, at) => `user ${at}`);
        const row = Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ""]));
        const list = cells.filter((one) => one !== "");
        const read = valuesOf({ is_mla: "true", ...row }, { join: { authorized_users: names } });
        if (new Set(list).size < list.length)
          expect(read)
            .to.be.an("array")
            .that.matches(/list_duplicate/);
        else expect(read).to.deep.equal({ is_mla: true, ...(list.length > 0 && { authorized_users: list }) });
      }),
    );
  });

  it("read an amount of any currency as it was printed, in any form", () => {
    const currencies = fc.constantFrom(...CURRENCY_DECIMALS.keys());
    const forms = fc
      .record({
        decimal: fc.constantFrom("." as const, "," as const),
        group: fc.option(fc.constantFrom(...GROUP_SIGNS), { nil: undefined }),
        negative: fc.constantFrom("before" as const, "after" as const, "parentheses" as const),
      })
      .filter(({ decimal, group }) => decimal !== group);
    const amounts = fc.integer({ min: -(10 ** 14), max: 10 ** 14 });
    fc.assert(
      fc.property(currencies, forms, amounts, fc.boolean(), (currency, numbers, units, isGrouped) => {
        const text = print(units, CURRENCY_DECIMALS.get(currency) ?? 0, numbers, isGrouped);
        const read = valuesOf({ currency, available_credit: text }, { numbers });
        expect(read).to.deep.equal({ currency, available_credit: units === 0 ? 0 : units });
      }),
    );
  });

  it("never read a text as an amount that the stated form does not print", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[-(]?[0-9.,' ]{1,12}[-)]?$/), (text) => {
        const read = numberText({ decimal: ",", group: "." })(text);
        expect(isFaults(read)).to.equal(!/^-?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?$/.test(text));
      }),
    );
  });
});

function print(
  units: number,
  decimals: number,
  { decimal, group, negative }: { decimal: string; group: string | undefined; negative: string },
  isGrouped: boolean,
): string {
  const digits = String(Math.abs(units)).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const grouped = isGrouped && group ? whole.replace(/\B(?=(\d{3})+$)/g, group) : whole;
  const text = decimals === 0 ? grouped : `${grouped}${decimal}${digits.slice(-decimals)}`;
  if (units >= 0) return text;
  return negative === "before" ? `-${text}` : negative === "after" ? `${text}-` : `(${text})`;
}
