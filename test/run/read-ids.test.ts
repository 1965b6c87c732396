/** Lists of accounts beside a job: one id in each line, and nothing that would silently mean no account. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readIds } from "../../src/run/read-ids.ts";
import { fatalOf } from "../ledger/builders.ts";

describe("a list of accounts in a file", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-ids-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const read = async (text: string) => {
    await writeFile(join(folder, "ids.txt"), text);
    const of = { setting: "retention.legalHold", so: "nothing was pruned" };
    return readIds({ jobPath: join(folder, "job.ts") }, { file: "ids.txt" }, of);
  };

  it("is read line by line, with remarks, a byte order mark and any line ends", async () => {
    expect(await read("\uFEFFcore-1\r\n# of the court\r\n\r\n core 2 \ncore-1\n")).to.deep.equal(["core-1", "core 2"]);
  });

  for (const text of ["", "# nobody\n", "core-1,Smith\n", "core-1\ncore-2;\n", '"core-1"\n', "core-1\tcore-2\n"])
    it(`is refused as ${JSON.stringify(text)}, rather than that nobody is meant`, async () => {
      const { code, message } = await fatalOf(read(text));
      expect(code).to.equal("job_invalid");
      expect(message)
        .to.match(/ids\.txt has .*, so nothing was pruned$/)
        .and.not.contain("core");
    });
});
