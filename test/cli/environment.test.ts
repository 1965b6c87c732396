/** What the environment says of the bank, where it names files and proxies. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readEnvironment, readSecrets } from "../../src/cli/environment.ts";

const BANK = { LEAD_API_URL: "https://api.bank.test", LEAD_CLIENT_ID: "client" };

describe("readEnvironment", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-environment-"));
    file = join(folder, "secret");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("has a secret of a file as it is now, and the last one while the file is away", async () => {
    await writeFile(file, "one\n");
    const { clientSecret, rereadSecret } = readEnvironment({ ...BANK, LEAD_CLIENT_SECRET_FILE: file });
    expect(clientSecret).to.equal("one");
    await writeFile(file, "two\n");
    expect(rereadSecret?.()).to.equal("two");
    await rm(file);
    expect(rereadSecret?.()).to.equal("two");
    await writeFile(file, "\n");
    expect(rereadSecret?.()).to.equal("two");
  });

  it("reads no secret anew that a variable has", () => {
    expect(readEnvironment({ ...BANK, LEAD_CLIENT_SECRET: "one" })).to.not.have.property("rereadSecret");
  });

  it("knows the secrets of proxy and key, so that nothing shows them", () => {
    const secrets = readSecrets({
      https_proxy: "http://ann:pass%40word-one@proxy.test:3128",
      ALL_PROXY: "bob:password-two@proxy.test",
      LEAD_CLIENT_KEY_PASSPHRASE: "passphrase-three",
    });
    expect(secrets.blot("pass@word-one password-two passphrase-three")).to.equal("[secret] [secret] [secret]");
  });
});
