/**
 * Alarms and their notices, in SQLite.
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
import type { SqliteStore } from "./store.ts";

export function sqliteAlarms(store: SqliteStore): AlarmsLedger {
  const { db } = store;
  const clearOne = (no: number, atMs: number) => {
    db.run(CLEAR, atMs, no);
    db.run(DROP_UNTOLD, atMs, no, atMs);
    db.run(ADD_CLEARED, atMs, atMs, no);
  };
  return {
    raise(bank, alarm, { targets, afterMs, once = false }, atMs) {
      return store.write(() => {
        const no = store.openBank(bank);
        const { job, kind, subject } = alarm;
        if (once && db.get(HAS_BEGUN, no, job, kind, subject, atMs) !== undefined) return false;
        const isNew = db.run(RAISE, no, ...raised(alarm, atMs)) > 0;
        if (isNew) for (const target of new Set(targets)) db.run(ADD_NOTICE, target, afterMs);
        else db.run(HASTEN, atMs + afterMs, atMs + afterMs, no, alarm.job, alarm.kind, alarm.subject);
        return isNew;
      });
    },

    clear(bank, which, atMs) {
      return store.write(() => {
        const no = store.findBank(bank);
        if (no === undefined) return [];
        const { sql, values } = toClear(no, which);
        const open = db.all<AlarmShape>(sql, ...values).map(decodeAlarm);
        for (const alarm of open) clearOne(alarm.no, atMs);
        return open.map((alarm) => ({ ...alarm, clearedAtMs: atMs }));
      });
    },

    acknowledge(no, acknowledgement, atMs) {
      return store.write(() => {
        const shape = db.get<AlarmShape>(FIND_OPEN, no);
        if (shape === undefined) return undefined;
        const alarm = decodeAlarm(shape);
        db.run(ACKNOWLEDGE, withAcknowledgement(alarm, acknowledgement), no);
        clearOne(alarm.no, atMs);
        return { ...alarm, clearedAtMs: atMs, acknowledged: acknowledgement };
      });
    },

    async list(wanted, after, limit) {
      const no = wanted.bank === undefined ? null : store.findBank(wanted.bank);
      if (no === undefined) return [];
      const { sql, values } = toList(wanted, no, after, limit);
      return db.all<AlarmShape>(sql, ...values).map(decodeAlarm);
    },

    async countOpen(bank) {
      const no = store.findBank(bank);
      return no === undefined ? [] : db.all<AlarmCount>(COUNT_OPEN, no).map((count) => ({ ...count }));
    },

    ...noticesOf(store),
  };
}

function noticesOf(store: SqliteStore): NoticesLedger {
  const { db } = store;
  return {
    async takeNotices(bank, job, { nowMs, untilMs, limit }) {
      const no = store.findBank(bank);
      // Mostly there is none, and then nothing is written.
      if (no === undefined || db.get(LIST_DUE, no, job, nowMs, 1) === undefined) return [];
      return store.write(() => {
        const due = db.all<NoticeShape>(LIST_DUE, no, job, nowMs, limit).map(decodeTaken);
        for (const notice of due) db.run(TAKE, untilMs, ...keyOf(notice));
        return due;
      });
    },

    async findNextDue(bank, job) {
      const no = store.findBank(bank);
      return no === undefined ? null : (db.get<{ due: number | null }>(FIND_NEXT_DUE, no, job)?.due ?? null);
    },

    async listUntold(bank, job, sinceMs, limit) {
      const no = store.findBank(bank);
      return no === undefined ? [] : db.all<UntoldShape>(LIST_UNTOLD, no, job, sinceMs, limit).map(decodeUntold);
    },

    async endNotice(notice, end, atMs) {
      await store.write(() => db.run(END, atMs, howOf(end), ...keyOf(notice)));
    },

    async putOffNotice(notice, untilMs, why) {
      await store.write(() => db.run(PUT_OFF, untilMs, why, ...keyOf(notice), notice.attempts));
    },
  };
}
