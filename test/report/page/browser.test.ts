/**
 * The report page in a real browser: accessible in both themes, silent, and whole without scripts, on paper and on every width.
 */
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { AxeResults } from "axe-core";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { findChromium, openChromium, openPage } from "../../support/chromium.ts";
import { samplePage } from "./sample-page.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const CHECKS = 11;

/** What somebody might have got into the page. */
function tryOut(elsewhere: string): string {
  return [
    "<script>window.wasRun = true</script>",
    `<img src="${elsewhere}/image" alt="" onerror="window.wasRun = true">`,
    `<script src="${elsewhere}/script"></script>`,
    `<link rel="stylesheet" href="${elsewhere}/style">`,
    `<iframe src="${elsewhere}/frame" title="none"></iframe>`,
    `<p style="background: url(${elsewhere}/background)">x</p>`,
  ].join("");
}

describe("the report page in Chromium", function () {
  this.timeout(60_000);
  if (findChromium() === undefined) {
    it.skip(`skipped: ${CHECKS} checks (no Chromium)`);
    return;
  }

  let browser: Browser;
  let folder = "";
  let url = "";

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-page-"));
    const path = join(folder, "report.html");
    await writeFile(path, samplePage());
    url = pathToFileURL(path).href;
    browser = await openChromium();
  });

  after(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  for (const colorScheme of ["light", "dark"] as const)
    it(`is found accessible by axe in the ${colorScheme} theme`, async () => {
      await using open = await openPage(browser, url, { colorScheme });
      await open.page.evaluate(await readFile(AXE, "utf8"));
      const { violations, incomplete } = (await open.page.evaluate("axe.run(document)")) as AxeResults;
      const told = [...violations, ...incomplete].map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
      expect(told).to.deep.equal([]);
    });

  for (const width of [360, 900, 1600])
    it(`is nowhere wider than a screen of ${width}, and breaks no code of a table in two`, async () => {
      await using open = await openPage(browser, url, { viewport: { width, height: 900 } });
      expect(await open.page.evaluate("document.documentElement.scrollWidth")).to.equal(width);
      const broken =
        "[...document.querySelectorAll('td code')].filter((code) => code.getClientRects().length > 1).map((code) => code.textContent)";
      expect(await open.page.evaluate(broken)).to.deep.equal([]);
    });

  it("asks for nothing but itself", async () => {
    await using open = await openPage(browser, url);
    expect([open.requests, open.messages]).to.deep.equal([[url], []]);
  });

  it("lets nothing out and runs no other script, whatever stands in it", async () => {
    const heard: string[] = [];
    const server = createServer(({ url: path = "" }, answer) => {
      heard.push(path);
      answer.writeHead(200, { "access-control-allow-origin": "*" }).end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const elsewhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const path = join(folder, "broken-into.html");
    const broken = samplePage().replace("<main>", `<main>${tryOut(elsewhere)}`);
    await writeFile(path, broken);
    try {
      await using guarded = await openPage(browser, pathToFileURL(path).href);
      await guarded.page.evaluate(`fetch("${elsewhere}/fetch").catch(() => {})`);
      await guarded.page.waitForTimeout(300);
      expect([heard, await guarded.page.evaluate("window.wasRun")]).to.deep.equal([[], undefined]);
      // Without its policy the same page would have let all of it out.
      await writeFile(path, broken.replace(/<meta http-equiv[^>]*>/, ""));
      await using open = await openPage(browser, pathToFileURL(path).href);
      await open.page.waitForTimeout(300);
      expect(heard).to.include.members(["/image", "/script", "/style", "/frame"]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it("searches its rows", async () => {
    await using open = await openPage(browser, url);
    const shown = () => open.page.locator("section.rows tbody tr:visible").count();
    const all = await shown();
    await open.page.getByLabel("Search these rows").fill("2750000");
    expect([await shown(), await open.page.locator("output").textContent()]).to.deep.equal([1, "1 row"]);
    await open.page.getByLabel("Search these rows").fill("nowhere");
    expect([await shown(), await open.page.locator("article:visible").count()]).to.deep.equal([0, 0]);
    await open.page.getByLabel("Search these rows").fill("");
    expect(await shown()).to.equal(all);
  });

  it("sorts its lists, figures by size and both ways, by the keyboard too", async () => {
    await using open = await openPage(browser, url);
    const list = open.page.getByRole("table", { name: /by cause/ });
    const counts = () => list.locator("tbody td:nth-child(2)").allTextContents();
    const head = list.getByRole("columnheader", { name: "rows", exact: true });
    await head.getByRole("button").focus();
    await open.page.keyboard.press("Enter");
    expect([await head.getAttribute("aria-sort"), await counts()]).to.deep.equal([
      "ascending",
      ["2", "8", "11", "22", "43", "88", "171"],
    ]);
    await head.getByRole("button").click();
    expect([await head.getAttribute("aria-sort"), (await counts())[0]]).to.deep.equal(["descending", "171"]);
  });

  it("has everything without scripts, and nothing that would need one", async () => {
    await using scripted = await openPage(browser, url);
    await using plain = await openPage(browser, url, { javaScriptEnabled: false });
    expect(await plain.page.getByRole("button").count()).to.equal(0);
    expect(await plain.page.getByRole("searchbox").count()).to.equal(0);
    const rowsOf = (open: typeof plain) => open.page.locator("tr:visible").count();
    expect(await rowsOf(plain)).to.equal(await rowsOf(scripted));
    expect(await plain.page.locator("h1").textContent()).to.equal(
      "Of 52,480 rows, 2 are not settled, 22 are held and 321 need repair",
    );
  });

  it("prints on a few pages of A4, with nothing cut off at the side", async () => {
    await using open = await openPage(browser, url, { colorScheme: "dark", viewport: { width: 688, height: 1_000 } });
    const pdf = (await open.page.pdf({ preferCSSPageSize: true })).toString("latin1");
    const sizes = [...pdf.matchAll(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]/g)].map(([, width, height]) => [
      Math.round(Number(width)),
      Math.round(Number(height)),
    ]);
    expect(sizes.length).to.be.within(2, 6);
    for (const size of sizes) expect(size).to.deep.equal([595, 842]);
    await open.page.emulateMedia({ media: "print" });
    const wide =
      "[...document.querySelectorAll('table')].filter((one) => one.getBoundingClientRect().right > innerWidth).length";
    expect(await open.page.evaluate(wide)).to.equal(0);
    expect(await open.page.evaluate("getComputedStyle(document.body).backgroundColor")).to.equal("rgb(255, 255, 255)");
  });
});
