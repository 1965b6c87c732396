/**
 * How every FileStore removes an object and adds tags to one, over the same places as file-store.test.ts.
 */
import { expect } from "chai";
import { failure, found, keysOf, openFolder, openRealServer, openStandIn, type Place, textOf } from "./open-places.ts";

const CHECKS: Readonly<Record<string, (place: Place) => Promise<void>>> = {
  async "removes exactly the object that is meant, and no other"({ store, put }) {
    await put("in/a.csv", "one");
    const first = await found(store, "in/a.csv");
    await put("in/a.csv", "another");
    expect(await store.remove(first)).to.equal("other");
    expect(await textOf(store, await found(store, "in/a.csv"))).to.equal("another");
    await put("in/b.csv", "b");
    expect(await store.remove(await found(store, "in/a.csv"))).to.equal("removed");
    expect(await keysOf(store)).to.deep.equal(["in/b.csv"]);
    expect(await store.remove(first)).to.equal("gone");
  },
};

const S3_CHECKS: typeof CHECKS = {
  async "adds tags to those that an object has, ten at most"({ store, put, tagsOf }) {
    await put("a b/ü.csv", "a");
    const file = await found(store, "a b/ü.csv");
    expect(await tagsOf?.(file.key)).to.deep.equal({});
    await store.tag(file, { class: "one & two", tieout: "new" });
    await store.tag(file, { tieout: "done", "tieout-run": "20261129-003622-ab42c6" });
    const all = { class: "one & two", tieout: "done", "tieout-run": "20261129-003622-ab42c6" };
    expect(await tagsOf?.(file.key)).to.deep.equal(all);
    const more = Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`t${n}`, "x"]));
    expect((await failure(store.tag(file, more))).message).to.match(/more than 10 tags/);
    expect(await tagsOf?.(file.key)).to.deep.equal(all);
    expect(await textOf(store, await found(store, file.key))).to.equal("a");
    await store.remove(file);
    expect((await failure(store.tag(file, all))).code).to.equal("file_changed");
  },
};

function suite(name: string, open: () => Promise<Place>, checks: typeof CHECKS): void {
  describe(`FileStore removes and tags: ${name}`, () => {
    for (const [title, check] of Object.entries(checks)) {
      it(title, async () => {
        await using place = await open();
        await check(place);
      });
    }
  });
}

suite("local folder", openFolder, CHECKS);
suite("S3, stand-in", openStandIn, { ...CHECKS, ...S3_CHECKS });
if (process.env.TEST_S3_ENDPOINT) suite("S3, real server", openRealServer, { ...CHECKS, ...S3_CHECKS });
