/**
 * What a job may say of how its files are read: fields to be spread into its shape. Values only.
 */
import { z } from "zod";
import { CAPABILITIES } from "./account.ts";
import { completenessSettings } from "./completeness-settings.ts";
import { LAYOUT_NAMES } from "./read/layouts.ts";
import { DEFAULT_LIMITS } from "./read/reading.ts";
import { shapeSettings } from "./shape-settings.ts";

/** A whole cell, without the spaces around it. */
const marker = z.string().regex(/^\S(?:.*\S)?$/s, "give the cell's text, without spaces around it");

const positive = z.int().min(1);

export const readSettings = {
  /** Recognised by the header when not given. */
  layout: z.enum(LAYOUT_NAMES).optional(),
  /** Amounts in minor units or as decimals; the layout's own way when not given. */
  money: z.enum(["minor", "decimal"]).optional(),
  /** Recognised by the header when not given. */
  delimiter: z.enum([",", "|", ";", "\t"]).optional(),
  /** What ends a row; any of the three when not given. */
  lineEnds: z.enum(["lf", "crlf", "cr"]).optional(),
  /** Recognised by the byte order mark when not given, else UTF-8. Windows-1252 only when it is said here. */
  encoding: z.enum(["utf-8", "utf-16le", "utf-16be", "windows-1252"]).optional(),
  /** The row that names the columns; or their names, for files without such a row. */
  header: z.union([positive, z.array(z.string()).min(1)], { error: "give a row number or a list of names" }).default(1),
  /** Whether the documents column is read as a JSON array, or copied unread. */
  documents: z.enum(["json", "ignore"]).default("json"),
  /** What a file must bring along to prove that it is whole; nothing when not given. */
  completeness: completenessSettings.optional(),
  /** Whether a header without rows is a valid day without changes. */
  headerOnly: z.enum(["accept", "reject"]).default("accept"),
  /** The file's column name → the name in the layout. */
  columns: z.record(z.string(), z.string()).default({}),
  ...shapeSettings,
  /** `ignore` copies them unread, unless they look like a known name; a list names those to ignore, whatever they look like. */
  unknownColumns: z
    .union([z.enum(["reject", "ignore"]), z.array(z.string().min(1)).min(1)], {
      error: "give reject, ignore or a list of names",
    })
    .default("reject"),
  /**
   * Client account ids: `allow` takes ids that look as if a spreadsheet or an export had made them, by a regular
   * expression; invisible characters are never taken. `near`: whether a new account is held whose id differs from a known
   * one only by letter case, blanks, width or leading zeros.
   */
  ids: z
    .strictObject({ allow: z.instanceof(RegExp).optional(), near: z.enum(["hold", "allow"]).default("hold") })
    .prefault({}),
  /**
   * How lists of entities name them: by the bank's entity_id alone, or also by the program's own client_customer_id. In the
   * bank's layout both may be there; the prefix says which one it is.
   */
  entities: z.strictObject({ by: z.enum(["entity_id", "client_customer_id"]).default("entity_id") }).prefault({}),
  /**
   * What an empty cell of account_holders, authorized_signers or documents means: leave alone (`keep`, also when not given),
   * or none (`clear`), for files in which each row is the complete record. A column that isn't there is always left alone.
   */
  emptyMeans: z.enum(["keep", "clear"]).optional(),
  /** The same of authorized_users, which a program leaves empty that sends the bank's Authorized Users file. */
  emptyAuthorizedUsers: z.enum(["keep", "clear"]).default("keep"),
  /**
   * What becomes of a row that breaks a rule which the bank has announced and does not enforce yet: invalid (`reject`), or
   * sent with a note (`warn`).
   */
  announcedRules: z.enum(["reject", "warn"]).default("reject"),
  /** Whole cells that look like a missing value: left alone in every column (`leaveAlone`), or text in columns of text. */
  nulls: z
    .strictObject({ leaveAlone: z.array(marker).default([]), text: z.array(marker).default([]) })
    .refine(({ leaveAlone, text }) => !leaveAlone.some((cell) => text.includes(cell)), {
      error: "name a cell under leaveAlone or under text, not both",
    })
    .prefault({}),
  /** Values for rows that do not give them: capabilities of a new account, currency of decimal amounts. */
  defaults: z
    .strictObject({
      capabilities: z.array(z.enum(CAPABILITIES)).min(1).optional(),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/, "use three capital letters")
        .optional(),
    })
    .default({}),
  limits: z
    .strictObject({
      fileBytes: positive.default(DEFAULT_LIMITS.fileBytes),
      expandedBytes: positive.default(DEFAULT_LIMITS.expandedBytes),
      ratio: positive.default(DEFAULT_LIMITS.ratio),
      rows: positive.default(DEFAULT_LIMITS.rows),
      accountRows: positive.default(DEFAULT_LIMITS.accountRows),
      columns: positive.default(DEFAULT_LIMITS.columns),
      rowBytes: positive.default(DEFAULT_LIMITS.rowBytes),
      cellBytes: positive.default(DEFAULT_LIMITS.cellBytes),
    })
    .prefault({}),
} as const;
