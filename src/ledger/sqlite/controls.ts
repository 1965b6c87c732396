/**
 * How runs are steered, in SQLite.
 */
import type { ControlsLedger } from "../controls.ts";
import { leaseName } from "../run.ts";
import {
  type ControlShape,
  changedControl,
  decodeControl,
  FIND_CONTROL,
  IS_AT_WORK,
  LEAVE_OTHERS,
  notInProgress,
  OPEN_CONTROL,
  SET_CONTROL,
  WAIT,
} from "../sql/control-shape.ts";
import type { SqliteStore } from "./store.ts";

export function sqliteControls(store: SqliteStore): ControlsLedger {
  const { db } = store;
  const find = (no: number) => db.get<ControlShape>(FIND_CONTROL, no);
  return {
    open({ no }, owner, most) {
      return store.write(() => {
        db.run(LEAVE_OTHERS, owner, no);
        const control = { ...decodeControl(find(no)), isStopped: false };
        db.run(OPEN_CONTROL, no, owner, JSON.stringify(most), JSON.stringify(control));
      });
    },

    find: async ({ no }) => decodeControl(find(no)),

    record(run, change, nowMs) {
      const { no, bank, job } = run;
      return store.write(() => {
        if (db.get(IS_AT_WORK, no, leaseName(bank, job), nowMs) === undefined) throw notInProgress(run);
        const control = changedControl(find(no), change);
        db.run(SET_CONTROL, JSON.stringify(control), no);
        if (control.isStopped) db.run(WAIT, no);
        return control;
      });
    },
  };
}
