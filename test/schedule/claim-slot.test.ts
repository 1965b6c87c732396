/** Slots as leases: begun once over all processes, also after a clock was wrong. Over a real ledger. */
import { expect } from "chai";
import type { RunContext } from "../../src/run/context.ts";
import { claimSlot, isSlotTaken } from "../../src/schedule/claim-slot.ts";
import { openDesk } from "../support/scenario.ts";

const HOUR_MS = 3_600_000;
const NOWHERE = { url: "http://127.0.0.1:9", clientId: "client", clientSecret: "secret" };

describe("a slot", () => {
  it("is taken once, by whichever process, and the next one is free", async () => {
    await using desk = await openDesk({ durable: false });
    const [one, other] = ["one", "other"].map((owner): RunContext => ({ ...desk.context(NOWHERE), owner })) as [
      RunContext,
      RunContext,
    ];
    const slotMs = desk.clock.nowMs();
    expect([await isSlotTaken(one, slotMs), await claimSlot(one, slotMs)]).to.deep.equal([false, true]);
    expect([await isSlotTaken(other, slotMs), await claimSlot(other, slotMs)]).to.deep.equal([true, false]);
    expect(await claimSlot(other, slotMs + HOUR_MS)).to.equal(true);
  });

  it("that a clock begun which was months ahead keeps no start from its time once the clock is right", async () => {
    await using desk = await openDesk({ durable: false });
    const wrong: RunContext = { ...desk.context(NOWHERE), owner: "wrong" };
    const right: RunContext = { ...desk.context(NOWHERE), owner: "right" };
    const slotMs = desk.clock.nowMs();
    await claimSlot(wrong, slotMs + 4_000 * HOUR_MS);
    expect([await isSlotTaken(right, slotMs), await claimSlot(right, slotMs)]).to.deep.equal([false, true]);
    expect(await isSlotTaken(wrong, slotMs), "and it is one slot again").to.equal(true);
  });
});
