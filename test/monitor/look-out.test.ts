/** Figures are fresh, or absent; and nobody waits long for them. */
import { expect } from "chai";
import { LookOut } from "../../src/monitor/look-out.ts";
import { type Figure, Meter } from "../../src/monitor/meter.ts";
import { parseListen } from "../../src/monitor/parse-listen.ts";
import { FakeClock } from "../support/fake-clock.ts";

const SEEN: readonly Figure[] = [{ name: "tieout_ledger_bytes", value: 7 }];

describe("a look-out", () => {
  it("looks once for all who ask, and again when that is too old", async () => {
    const clock = new FakeClock();
    let looks = 0;
    const look = async () => {
      looks += 1;
      return SEEN;
    };
    const out = new LookOut({ look, goodForMs: 15_000, waitMs: 4_000, clock });
    expect(await Promise.all([out.ask(), out.ask()])).to.deep.equal([SEEN, SEEN]);
    await clock.advance(14_999);
    await out.ask();
    expect(looks).to.equal(1);
    await clock.advance(1);
    await out.ask();
    expect(looks).to.equal(2);
  });

  it("has nothing after a look that failed, or that takes too long, and never two looks at once", async () => {
    const clock = new FakeClock();
    let end = (_: readonly Figure[]) => {};
    let looks = 0;
    const out = new LookOut({
      look() {
        looks += 1;
        if (looks === 1) return Promise.reject(new Error("away"));
        return new Promise((resolve) => {
          end = resolve;
        });
      },
      goodForMs: 15_000,
      waitMs: 4_000,
      clock,
    });
    expect(await out.ask()).to.equal(null);
    await clock.advance(15_000);
    const asked = [out.ask(), out.ask()];
    await clock.advance(4_000);
    expect(await Promise.all(asked)).to.deep.equal([null, null]);
    expect(looks).to.equal(2);
    end(SEEN);
    await new Promise(setImmediate);
    expect(await out.ask()).to.deep.equal(SEEN);
  });
});

describe("a meter", () => {
  it("shows what was found last, and nothing that was found before", async () => {
    const meter = new Meter("1.0.0");
    meter.setFound([...SEEN, { name: "tieout_files_waiting", labels: { job: "a" }, value: 3 }]);
    expect(await meter.render())
      .to.contain("tieout_ledger_bytes 7")
      .and.contain('tieout_files_waiting{job="a"} 3');
    meter.setFound([]);
    const text = await meter.render();
    expect(text).not.to.match(/^tieout_(ledger_bytes|files_waiting|pace_per_second)/m);
    expect(text).to.contain("tieout_calls_in_flight 0").and.contain('tieout_build_info{version="1.0.0"} 1');
  });
});

describe("--listen", () => {
  for (const [text, at] of [
    ["9464", { host: "127.0.0.1", port: 9464 }],
    ["0.0.0.0:9464", { host: "0.0.0.0", port: 9464 }],
    ["localhost:0", { host: "localhost", port: 0 }],
    ["[::1]:9464", { host: "::1", port: 9464 }],
  ] as const)
    it(`takes ${text}`, () => expect(parseListen(text)).to.deep.equal(at));
  for (const text of [
    "",
    "foo",
    "127.0.0.1",
    "127.0.0.1:",
    "::1:9464",
    "[127.0.0.1]:1",
    "example.com:9464",
    "1.2.3.4:70000",
    "-1",
  ])
    it(`refuses ${JSON.stringify(text)}`, () =>
      expect(() => parseListen(text)).to.throw(/is not an address and a port/));
});
