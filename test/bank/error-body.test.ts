/**
 * The one line that an operator is told of a bank's error.
 */
import { expect } from "chai";
import { formatBankError, parseErrorBody } from "../../src/bank/error-body.ts";
import { parseJson } from "../../src/text/json.ts";

const message = (body: unknown, status = 422) =>
  formatBankError(parseErrorBody(typeof body === "string" ? body : JSON.stringify(body)), status);

describe("the bank's error as a line", () => {
  const CASES: readonly (readonly [string, unknown, string])[] = [
    [
      "parameter and reason",
      { code: "c", invalid_parameters: [{ parameter: "a.b", reason: "is wrong" }] },
      "c: a.b is wrong",
    ],
    ["name and reason", { code: "c", invalid_parameters: [{ name: "id", reason: "not_found" }] }, "c: id not_found"],
    [
      "several",
      {
        code: "c",
        invalid_parameters: [
          { name: "a", reason: "x" },
          { name: "b", reason: "y" },
        ],
      },
      "c: a x; b y",
    ],
    ["half of one", { code: "c", invalid_parameters: [{ name: "a" }, { reason: "y" }, {}, null, 7] }, "c: a; y"],
    [
      "parameters before detail",
      { code: "c", detail: "d", invalid_parameters: [{ name: "a", reason: "x" }] },
      "c: a x",
    ],
    ["detail before title", { code: "c", title: "t", detail: "d" }, "c: d"],
    ["title", { code: "c", title: "t", status: 422 }, "c: t"],
    ["code alone", { code: "c", status: "422" }, "c"],
    ["no code", { detail: "d" }, "HTTP 422: d"],
    ["wrong types", { code: 1, detail: [], title: {}, invalid_parameters: "x" }, "HTTP 422"],
    ["a web page", "<html>Bad</html>", "HTTP 422"],
    ["nothing", "", "HTTP 422"],
    ["a list", "[]", "HTTP 422"],
    [
      "lines and control characters",
      { code: "c", detail: "a\r\n\u0000b\u001b[31m\u202ec\u2028d\te" },
      "c: a b [31m c d e",
    ],
  ];
  for (const [name, body, expected] of CASES) it(name, () => expect(message(body)).to.equal(expected));

  it("is at most 500 characters, and never ends within one", () => {
    for (const detail of ["x".repeat(5_000), "😀".repeat(5_000), " ".repeat(600) + "y".repeat(600)]) {
      const line = message({ code: "c", detail });
      expect(line.length).to.be.at.most(500);
      expect(line.isWellFormed()).to.equal(true);
    }
    const many = Array.from({ length: 100 }, (_, index) => ({ name: `p${index}`, reason: "r".repeat(400) }));
    expect(message({ code: "c".repeat(999), invalid_parameters: many }).length).to.be.at.most(500);
  });
});

describe("parseJson", () => {
  const nested = (levels: number, open = "[", close = "]") => `${open.repeat(levels)}1${close.repeat(levels)}`;

  it("takes a hundred levels and no more, of lists and of objects", () => {
    for (const [open, close] of [
      ["[", "]"],
      ['{"a":', "}"],
    ] as const) {
      expect(parseJson(nested(100, open, close))).to.be.an.instanceOf(Object);
      for (const levels of [101, 1_000, 200_000]) expect(parseJson(nested(levels, open, close))).to.equal(undefined);
    }
  });

  it("counts levels, not brackets, and none within a text", () => {
    const flat = Array.from({ length: 1_000 }, () => ({ a: ["["] }));
    expect(parseJson(JSON.stringify(flat))).to.deep.equal(flat);
    const brackets = { text: `${"[{".repeat(1_000)}"\\"${'\\"['.repeat(1_000)}` };
    expect(parseJson(JSON.stringify(brackets))).to.deep.equal(brackets);
  });

  it("gives undefined for what is no JSON, whatever it ends in", () => {
    for (const text of ["", "<html>", '{"a', '{"a\\', "[", "]]]]", '"', "[1,]"])
      expect(parseJson(text)).to.equal(undefined);
  });
});
