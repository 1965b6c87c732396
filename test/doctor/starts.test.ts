/** The next starts as the doctor shows them, and who is told of alarms. */
import { expect } from "chai";
import { checkNotify } from "../../src/doctor/notify.ts";
import { checkStarts } from "../../src/doctor/starts.ts";
import { defineJob } from "../../src/job.ts";

const PLACES = { source: { folder: "in" }, results: { folder: "out" } };

describe("the doctor looks at the schedule", () => {
  const starts = (cron: string, zone = "America/Chicago") =>
    checkStarts(defineJob({ name: "j", ...PLACES, schedule: { cron, zone } }), Date.parse("2026-10-30T12:00:00Z"));

  it("and shows the next five starts by the zone's clock, over the end of summer time", () => {
    expect(starts("30 2 * * 1-5")).to.deep.equal([
      {
        word: "good",
        text: "30 2 * * 1-5 in America/Chicago starts at Mon 2026-11-02 02:30:00 -06:00, Tue 2026-11-03 02:30:00 -06:00, Wed 2026-11-04 02:30:00 -06:00, Thu 2026-11-05 02:30:00 -06:00, Fri 2026-11-06 02:30:00 -06:00",
      },
    ]);
    expect(starts("0 12 31 * *", "UTC")[0]?.text).to.match(
      /starts at Sat 2026-10-31 12:00:00 \+00:00(, \w+ 2026-12-31 .*)?$/,
    );
  });

  it("and says so where there is none soon, or none at all", () => {
    expect(starts("0 0 29 2 *")[0]).to.deep.include({
      word: "poor",
      text: "0 0 29 2 * in America/Chicago has no start within 62 days",
    });
    expect(checkStarts(defineJob({ name: "j", ...PLACES }), 0)[0]?.word).to.equal("good");
    const job = defineJob({
      name: "j",
      ...PLACES,
      schedule: { cron: "0 3 * * *", zone: "America/Chicago", pauseOnFailure: true },
      expect: { by: "02:30", days: "federal-reserve-business-days" },
    });
    expect(checkStarts(job, Date.parse("2026-11-25T09:00:00Z")).slice(1), "Thanksgiving lies between").to.deep.equal([
      { word: "good", text: "the next file is expected by Fri 2026-11-27 02:30:00 -06:00" },
      {
        word: "good",
        text: "a start that ends badly pauses the schedule until a person resumes it; tieout schedule --list says whether one has",
      },
    ]);
  });
});

describe("the doctor looks at who is told of alarms", () => {
  const { notify } = defineJob({
    name: "j",
    ...PLACES,
    notify: [
      { webhook: "ALARM_WEBHOOK_URL", secret: "ALARM_WEBHOOK_SECRET" },
      { slack: "ALARM_SLACK_URL" },
      { command: ["node", "page.js"], env: ["PAGER_TOKEN"] },
      { command: ["./no-such-program"] },
    ],
  });
  const look = async (variables: Record<string, string | undefined>) =>
    (await checkNotify(notify, { PATH: process.env.PATH, ...variables }, "nightly")).map(
      ({ word, text }) => `${word} ${text}`,
    );

  it("and shows no value of what is well", async () => {
    const well = {
      ALARM_WEBHOOK_URL: "https://alarms.example/CnryPath",
      ALARM_WEBHOOK_SECRET: "CnrySecret",
      ALARM_SLACK_URL: "https://hooks.slack.example/CnryPath",
      PAGER_TOKEN: "CnryToken",
    };
    expect(await look(well)).to.deep.equal([
      ...["ALARM_WEBHOOK_URL", "ALARM_WEBHOOK_SECRET", "ALARM_SLACK_URL"].map((name) => `good ${name} is set`),
      ...["good node can be started", "good PAGER_TOKEN is set"],
      "bad ./no-such-program is not there, or may not be started",
      "good nobody was told anything; tieout alarms nightly --try tells each of them that this is a trial",
    ]);
  });

  it("and says nothing where nobody is named", async () => {
    expect(await checkNotify([], {}, "nightly")).to.deep.equal([]);
  });

  it("and says which variable is missing, in quotes, or no address", async () => {
    expect(
      (await look({ ALARM_WEBHOOK_URL: "alarms.example", ALARM_SLACK_URL: "'https://x'" })).slice(0, 3),
    ).to.deep.equal([
      "bad ALARM_WEBHOOK_URL is not an address",
      "bad ALARM_WEBHOOK_SECRET is not set",
      "bad ALARM_SLACK_URL has quotes around its value",
    ]);
  });
});
