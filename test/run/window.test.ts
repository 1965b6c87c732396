/** The window over many items: never more at work than it is wide, and those that rest make room. */
import { expect } from "chai";
import { forEachInWindow } from "../../src/run/window.ts";
import { settle } from "../support/fake-clock.ts";

async function* upTo(count: number): AsyncGenerator<number> {
  for (let n = 1; n <= count; n++) yield n;
}

describe("forEachInWindow", () => {
  it("works on so many at once, and on each once", async () => {
    let [working, most] = [0, 0];
    const seen: number[] = [];
    const end = await forEachInWindow(upTo(50), 4, async (n) => {
      working += 1;
      most = Math.max(most, working);
      await settle();
      working -= 1;
      seen.push(n);
      return null;
    });
    expect(end).to.equal(null);
    expect(most).to.equal(4);
    expect(seen.toSorted((a, b) => a - b)).to.deep.equal(Array.from({ length: 50 }, (_, n) => n + 1));
  });

  it("goes on while others rest, and waits for them at the end", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const done: number[] = [];
    const all = forEachInWindow(upTo(10), 2, async (n, rest) => {
      if (n <= 5) await rest(() => promise);
      done.push(n);
      return null;
    });
    for (let turn = 0; turn < 20; turn++) await settle();
    expect(done).to.deep.equal([6, 7, 8, 9, 10]);
    resolve();
    await all;
    expect(done).to.have.length(10);
  });

  it("begins nothing after an end or an error, and lets the others finish", async () => {
    const begun: number[] = [];
    const end = await forEachInWindow(upTo(100), 3, async (n) => {
      begun.push(n);
      await settle();
      return n === 2 ? "stop" : null;
    });
    expect(end).to.equal("stop");
    expect(begun.length).to.be.below(8);
    const failing = forEachInWindow(upTo(10), 2, async (n) => {
      if (n === 3) throw new Error("third");
      return null;
    });
    const message = await failing.then(
      () => "",
      (error: Error) => error.message,
    );
    expect(message).to.equal("third");
  });
});
