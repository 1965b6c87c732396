/**
 * Forecasts by hand: which place is the narrowest, what growing old costs, and how it is said.
 */

import { expect } from "chai";
import type { Throughput } from "../../src/bank/bank-api.ts";
import { CallTimes } from "../../src/bank/call-times.ts";
import {
  type Forecast,
  forecast,
  forecastSending,
  inTurn,
  type Load,
  renderForecast,
} from "../../src/report/forecast.ts";

const load = (changes: Partial<Load>): Load => ({ reads: 0, writes: 0, ...changes });

const times = new CallTimes();

function at(perSecond: number, readMs: number | null, writeMs: number | null): Throughput {
  return {
    perSecond,
    reads: { cap: 16, inFlight: 0, calls: 1, meanMs: readMs, times },
    writes: { cap: 8, inFlight: 0, calls: 1, meanMs: writeMs, times },
    slowDowns: 0,
    pausedMs: 0,
    isDown: false,
  };
}

describe("forecast", () => {
  it("goes by the pace when that is the narrowest place", () => {
    const said = forecast(load({ reads: 300, writes: 300 }), at(12, 10, 10));
    expect(said).to.deep.equal({ calls: 600, perSecond: 12, seconds: 50 });
  });

  it("goes by a cap when calls take long", () => {
    expect(forecast(load({ writes: 800 }), at(1_000, 10, 2_000))).to.deep.equal({
      calls: 800,
      perSecond: 4,
      seconds: 200,
    });
    expect(forecast(load({ reads: 1_600 }), at(1_000, 1_000, 2_000)).seconds).to.equal(100);
  });

  it("goes by the rate of the time of day, each until the next begins, and the same way each day", () => {
    const later = [
      { inSeconds: 100, perSecond: 50 },
      { inSeconds: 200, perSecond: 5 },
    ];
    const speed = { ...at(5, 1, 1), later };
    const seconds = (writes: number) => forecast(load({ writes }), speed).seconds;
    expect(seconds(500)).to.equal(100);
    expect(seconds(1_000), "from 100 s on ten times as fast").to.equal(110);
    expect(seconds(5_500)).to.equal(200);
    expect(seconds(5_505), "and then slowly again").to.equal(201);
    expect(seconds(5_500 + 5 * 86_300 + 50), "until the next day").to.equal(86_501);
  });

  it("takes the time of the other kind before the first call of one, and the pace alone before any", () => {
    expect(forecast(load({ writes: 80 }), at(1_000, 500, null)).seconds).to.equal(5);
    expect(forecast(load({ writes: 80 }), at(40, null, null)).seconds).to.equal(2);
  });

  it("adds the reads of plans that grow old on the way, and then of all", () => {
    const calls = (ageMs: number, recheckAfterMs: number) =>
      forecastSending(1_000, { count: 1_000, ageMs, recheckAfterMs }, at(10, 1, 1)).calls;
    expect(calls(0, 100_000)).to.equal(1_000);
    // They take 170.7 s, and of plans between 0 and 170.7 s old, 707 in 1,000 are older than 50 s.
    expect(calls(0, 50_000)).to.equal(1_707);
    expect(calls(60_000, 50_000)).to.equal(2_000);
    expect(calls(0, 0)).to.equal(2_000);
  });

  it("counts as many old plans as the time that it forecasts makes old, whichever place is the narrowest", () => {
    for (const throughput of [at(10, 1, 1), at(1_000, 900, 900), at(1_000, 3_000, 900), at(1_000, 10, 900)]) {
      for (const ageMs of [0, 1_000, 20_000]) {
        const plans = { count: 1_000, ageMs, recheckAfterMs: 30_000 };
        const { calls, seconds } = forecastSending(1_000, plans, throughput);
        const share = (seconds * 1_000 - 30_000) / (seconds * 1_000 - ageMs);
        const said = `${JSON.stringify(throughput)} ${ageMs}: ${calls} calls in ${seconds} s`;
        expect(calls / (1_000 + 1_000 * share), said).to.be.within(0.95, 1.05);
      }
    }
  });

  it("puts one after the other", () => {
    const one: Forecast = { calls: 100, perSecond: 10, seconds: 10 };
    expect(inTurn(one, { calls: 100, perSecond: 5, seconds: 20 })).to.deep.equal({
      calls: 200,
      seconds: 30,
      perSecond: 200 / 30,
    });
  });

  it("is said in one line, with the day when that is not today's", () => {
    const midnight = new Date(2026, 10, 24).getTime();
    const say = (calls: number, perSecond: number, seconds: number) =>
      renderForecast({ calls, perSecond, seconds }, midnight);
    expect(say(38_400, 12.06, 3_180)).to.equal("38,400 calls at 12 a second ≈ 53 min, done 00:53");
    expect(say(1, 50, 0.02)).to.equal("1 call at 50 a second ≈ 1 s, done 00:00");
    expect(say(900, 0.512, 8_000)).to.equal("900 calls at 0.51 a second ≈ 2 h 13 min, done 02:13");
    expect(say(5_000_000, 50, 100_000)).to.equal(
      "5,000,000 calls at 50 a second ≈ 27 h 47 min, done Wed 25 Nov, 03:46",
    );
  });
});
