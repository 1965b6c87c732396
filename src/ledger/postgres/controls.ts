/**
 * How runs are steered, in PostgreSQL.
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
import type { Sql } from "./database.ts";
import { numbered } from "./numbered.ts";
import type { PostgresStore } from "./store.ts";

const FIND = numbered(FIND_CONTROL);
const [OPEN, LEAVE, AT_WORK, SET, WAITS] = [
  numbered(OPEN_CONTROL),
  numbered(LEAVE_OTHERS),
  numbered(IS_AT_WORK),
  numbered(SET_CONTROL),
  numbered(WAIT),
];

export function postgresControls(store: PostgresStore): ControlsLedger {
  const find = (sql: Sql, no: number) => sql.get<ControlShape>(FIND, no);
  return {
    open({ no }, owner, most) {
      return store.write(async (sql) => {
        await sql.run(LEAVE, owner, no);
        const control = { ...decodeControl(await find(sql, no)), isStopped: false };
        await sql.run(OPEN, no, owner, JSON.stringify(most), JSON.stringify(control));
      });
    },

    find: async ({ no }) => decodeControl(await find(store.sql, no)),

    record(run, change, nowMs) {
      const { no, bank, job } = run;
      return store.write(async (sql) => {
        if ((await sql.get(AT_WORK, no, leaseName(bank, job), nowMs)) === undefined) throw notInProgress(run);
        const control = changedControl(await find(sql, no), change);
        await sql.run(SET, JSON.stringify(control), no);
        if (control.isStopped) await sql.run(WAITS, no);
        return control;
      });
    },
  };
}
