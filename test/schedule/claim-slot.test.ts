/** Slots as leases: begun once over all processes, also after a clock was wrong. Over a real ledger. */
import { expect } from "chai";
import type { RunContext } from "../../src/run/context.ts";
import {
  claimSlot,
  endSlot,
  findBegunSlotMs,
  findStopped,
  findUnended,
  isSlotTaken,
  leaveSlot,
  takeSlotOver,
} from "../../src/schedule/claim-slot.ts";
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

  it("tells whether its start has come to its end, through every process that had it, and stays taken", async () => {
    await using desk = await openDesk({ durable: false });
    const [one, other] = ["one", "other"].map((owner): RunContext => ({ ...desk.context(NOWHERE), owner })) as [
      RunContext,
      RunContext,
    ];
    const slotMs = Math.ceil(desk.clock.nowMs() / 1_000) * 1_000;
    expect([await findUnended(one), await findBegunSlotMs(one)]).to.deep.equal([undefined, undefined]);
    await claimSlot(one, slotMs);
    await endSlot(other);
    expect([await findUnended(other), await findStopped(other)], "another's end").to.deep.equal(["one", undefined]);
    await leaveSlot(one, "one");
    expect([await findUnended(other), await findStopped(other)]).to.deep.equal(["stopped", "stopped"]);
    expect([await takeSlotOver(other, "stopped"), await takeSlotOver(one, "stopped")]).to.deep.equal([true, false]);
    await leaveSlot(one, "one");
    expect(await findUnended(one), "by a process that no longer has it").to.equal("other");
    await endSlot(other);
    expect([await findUnended(one), await findStopped(one)]).to.deep.equal([undefined, undefined]);
    expect([await isSlotTaken(one, slotMs), await claimSlot(one, slotMs)]).to.deep.equal([true, false]);
    expect(await findBegunSlotMs(one)).to.equal(slotMs);
  });

  it("is gone on with for six hours", async () => {
    await using desk = await openDesk({ durable: false });
    const one: RunContext = { ...desk.context(NOWHERE), owner: "one" };
    await claimSlot(one, desk.clock.nowMs());
    await desk.clock.advance(6 * HOUR_MS);
    expect(await findUnended(one)).to.equal("one");
    await desk.clock.advance(1_000);
    expect(await findUnended(one)).to.equal(undefined);
  });
});
