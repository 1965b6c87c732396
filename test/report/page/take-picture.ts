/** Takes the picture of the report page that README shows, docs/report.png, from the sample of the tests. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { openChromium, openPage } from "../../support/chromium.ts";
import { samplePage } from "./sample-page.ts";

const PICTURE = fileURLToPath(new URL("../../../docs/report.png", import.meta.url));

const folder = await mkdtemp(join(tmpdir(), "tieout-picture-"));
const path = join(folder, "report.html");
await writeFile(path, samplePage());
const browser = await openChromium();
const open = await openPage(browser, pathToFileURL(path).href, { viewport: { width: 900, height: 920 } });
await open.page.screenshot({ path: PICTURE });
await browser.close();
await rm(folder, { recursive: true });
