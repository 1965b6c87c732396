/**
 * Alarms and their notices, in PostgreSQL.
 */
import type { AlarmCount, AlarmsLedger, NoticesLedger } from "../alarms.ts";
import {
  ACKNOWLEDGE,
  ADD_CLEARED,
  ADD_NOTICE,
  type AlarmShape,
  CLEAR,
  COUNT_OPEN,
  DROP_UNTOLD,
  decodeAlarm,
  decodeTaken,
  decodeUntold,
  END,
  FIND_NEXT_DUE,
  FIND_OPEN,
  HAS_BEGUN,
  HASTEN,
  howOf,
  keyOf,
  LIST_DUE,
  LIST_UNTOLD,
  type NoticeShape,
  PUT_OFF,
  RAISE,
  raised,
  TAKE,
  toClear,
  toList,
  type UntoldShape,
  withAcknowledgement,
} from "../sql/alarm-shape.ts";
import type { Sql } from "./database.ts";
import { numbered } from "./numbered.ts";
import type { PostgresStore } from "./store.ts";

const DUE = numbered(LIST_DUE);

export function postgresAlarms(store: PostgresStore): AlarmsLedger {
  return {
    raise(bank, alarm, { targets, afterMs, once = false }, atMs) {
      return store.write(async (sql) => {
        const no = await store.openBank(sql, bank);
        const about = [alarm.job, alarm.kind, alarm.subject] as const;
        if (once && (await sql.get(numbered(HAS_BEGUN), no, ...about, atMs)) !== undefined) return false;
        const isNew = (await sql.run(numbered(RAISE), no, ...raised(alarm, atMs))) > 0;
        const dueMs = atMs + afterMs;
        if (isNew) for (const target of new Set(targets)) await sql.run(numbered(ADD_NOTICE), target, afterMs);
        else await sql.run(numbered(HASTEN), dueMs, dueMs, no, alarm.job, alarm.kind, alarm.subject);
        return isNew;
      });
    },

    async clear(bank, which, atMs) {
      const no = await store.findBank(bank);
      if (no === undefined) return [];
      return store.write(async (sql) => {
        const { sql: list, values } = toClear(no, which);
        const open = (await sql.all<AlarmShape>(numbered(list), ...values)).map(decodeAlarm);
        for (const alarm of open) await clearOne(sql, alarm.no, atMs);
        return open.map((alarm) => ({ ...alarm, clearedAtMs: atMs }));
      });
    },

    acknowledge(no, acknowledgement, atMs) {
      return store.write(async (sql) => {
        const shape = await sql.get<AlarmShape>(numbered(FIND_OPEN), no);
        if (shape === undefined) return undefined;
        const alarm = decodeAlarm(shape);
        await sql.run(numbered(ACKNOWLEDGE), withAcknowledgement(alarm, acknowledgement), no);
        await clearOne(sql, no, atMs);
        return { ...alarm, clearedAtMs: atMs, acknowledged: acknowledgement };
      });
    },

    async list(wanted, after, limit) {
      const no = wanted.bank === undefined ? null : await store.findBank(wanted.bank);
      if (no === undefined) return [];
      const { sql, values } = toList(wanted, no, after, limit);
      return (await store.sql.all<AlarmShape>(numbered(sql), ...values)).map(decodeAlarm);
    },

    async countOpen(bank) {
      const no = await store.findBank(bank);
      return no === undefined ? [] : await store.sql.all<AlarmCount>(numbered(COUNT_OPEN), no);
    },

    ...noticesOf(store),
  };
}

async function clearOne(sql: Sql, no: number, atMs: number): Promise<void> {
  await sql.run(numbered(CLEAR), atMs, no);
  await sql.run(numbered(DROP_UNTOLD), atMs, no, atMs);
  await sql.run(numbered(ADD_CLEARED), atMs, atMs, no);
}

function noticesOf(store: PostgresStore): NoticesLedger {
  return {
    async takeNotices(bank, job, { nowMs, untilMs, limit }) {
      const no = await store.findBank(bank);
      // Mostly there is none, and then nothing is written.
      if (no === undefined || (await store.sql.get(DUE, no, job, nowMs, 1)) === undefined) return [];
      return store.write(async (sql) => {
        const due = (await sql.all<NoticeShape>(DUE, no, job, nowMs, limit)).map(decodeTaken);
        for (const notice of due) await sql.run(numbered(TAKE), untilMs, ...keyOf(notice));
        return due;
      });
    },

    async findNextDue(bank, job) {
      const no = await store.findBank(bank);
      if (no === undefined) return null;
      return (await store.sql.get<{ due: number | null }>(numbered(FIND_NEXT_DUE), no, job))?.due ?? null;
    },

    async listUntold(bank, job, sinceMs, limit) {
      const no = await store.findBank(bank);
      if (no === undefined) return [];
      return (await store.sql.all<UntoldShape>(numbered(LIST_UNTOLD), no, job, sinceMs, limit)).map(decodeUntold);
    },

    async endNotice(notice, end, atMs) {
      await store.write((sql) => sql.run(numbered(END), atMs, howOf(end), ...keyOf(notice)));
    },

    async putOffNotice(notice, untilMs, why) {
      await store.write((sql) => sql.run(numbered(PUT_OFF), untilMs, why, ...keyOf(notice), notice.attempts));
    },
  };
}
