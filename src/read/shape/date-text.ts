/**
 * Dates and times in a format that the job states: the format in, a function out that makes ISO 8601 text of a cell. Nothing is
 * guessed: a cell that does not fit exactly has no value.
 */
import { isDay, isInstant } from "../../instant.ts";
import { inMessage, mask } from "../../text/show-id.ts";
import { tellUnseen } from "../../text/unseen.ts";
import { type CellFaults, fault, isFaults } from "../cell-fault.ts";
import type { DateForm } from "../shapes.ts";
import { offsetsOf } from "./offsets-of.ts";

export type DateKind = "date" | "instant";

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/** Token → the part of a moment that it gives, and what may stand there. `h` is an hour of the twelve. */
const TOKENS: Readonly<Record<string, { readonly part: string; readonly form: string }>> = {
  YYYY: { part: "year", form: "\\d{4}" },
  YY: { part: "shortYear", form: "\\d{2}" },
  MMM: { part: "month", form: "[A-Za-z]{3}" },
  MM: { part: "month", form: "\\d{2}" },
  M: { part: "month", form: "[1-9]\\d?" },
  DD: { part: "day", form: "\\d{2}" },
  D: { part: "day", form: "[1-9]\\d?" },
  HH: { part: "hour", form: "\\d{2}" },
  H: { part: "hour", form: "\\d|[1-9]\\d" },
  hh: { part: "half", form: "\\d{2}" },
  h: { part: "half", form: "[1-9]\\d?" },
  A: { part: "noon", form: "[AaPp][Mm]" },
  mm: { part: "minute", form: "\\d{2}" },
  ss: { part: "second", form: "\\d{2}" },
  S: { part: "fraction", form: "\\d" },
  Z: { part: "zone", form: "Z|[+-]\\d{2}:?\\d{2}" },
};
export const DATE_TOKENS: readonly string[] = Object.keys(TOKENS);

/** Tokens, text in brackets, and what is neither; a T between date and time is itself. */
const PIECES = /YYYY|YY|MMM|MM|M|DD|D|HH|H|hh|h|mm|ss|S{1,9}|A|Z|\[[^[\]]*\]|[\s\S]/g;
/** Of one digit or two, so that a digit after them could be theirs. */
const OPEN_ENDED = ["M", "D", "H", "h"];

interface FormatPiece {
  /** As it stands in the format. */
  readonly text: string;
  /** Undefined for text that stands for itself. */
  readonly part?: string;
  readonly form: string;
}

/** The problem of the format, for people; or the function. */
export type DateText =
  | { readonly kind: "problem"; readonly message: string }
  | { readonly kind: "text"; readonly textOf: (cell: string) => string | CellFaults };

const problem = (message: string): DateText => ({ kind: "problem", message });

export function dateText(form: DateForm, kind: DateKind): DateText {
  const pieces = piecesOf(form.format);
  if (typeof pieces === "string") return problem(pieces);
  const wrong = findMissing(pieces, form, kind) ?? findUnfit(pieces, form, kind);
  if (wrong !== undefined) return problem(wrong);
  const pattern = new RegExp(`^${pieces.map(({ part, form: one }) => (part ? `(?<${part}>${one})` : one)).join("")}$`);
  const unfit = (cell: string): CellFaults =>
    fault(
      kind === "date" ? "date_malformed" : "instant_malformed",
      `${mask(cell)} is not a ${kind === "date" ? "date" : "time"} of the form ${inMessage(form.format)}, as the job says${tellUnseen(cell)}`,
    );
  return {
    kind: "text",
    textOf(cell) {
      const parts = pattern.exec(cell)?.groups;
      const day = parts && dayOf(parts, form);
      if (parts === undefined || day === undefined || !isDay(day)) return unfit(cell);
      if (kind === "date") return day;
      const clock = clockOf(parts, form);
      if (clock === undefined || !isInstant(`${day}T${clock}Z`)) return unfit(cell);
      const zone = parts.zone === undefined ? zoneOf(`${day}T${clock.slice(0, 5)}`, form) : withColon(parts.zone);
      if (isFaults(zone)) return zone;
      const text = `${day}T${clock}${zone}`;
      return isInstant(text) ? text : unfit(cell);
    },
  };
}

function piecesOf(format: string): readonly FormatPiece[] | string {
  const pieces: FormatPiece[] = [];
  for (const [text] of format.matchAll(PIECES)) {
    const token = TOKENS[text.startsWith("S") ? "S" : text];
    if (token !== undefined)
      pieces.push({ text, part: token.part, form: text.startsWith("S") ? `\\d{${text.length}}` : token.form });
    else if (text !== "T" && /^[\p{L}[\]]$/u.test(text))
      return `${JSON.stringify(format)} has ${JSON.stringify(text)}, which is none of ${DATE_TOKENS.join(" ")}: put text in brackets, as [of]`;
    else pieces.push({ text, form: RegExp.escape(text.replace(/^\[(.*)\]$/s, "$1")) });
  }
  const parts = pieces.flatMap(({ part }) => part ?? []);
  const twice = parts.find((part, at) => parts.indexOf(part) !== at);
  if (twice !== undefined) return `${JSON.stringify(format)} gives the ${twice} twice`;
  const open = pieces.find(({ text }, at) => OPEN_ENDED.includes(text) && beginsWithDigit(pieces[at + 1]));
  if (open === undefined) return pieces;
  return `${JSON.stringify(format)} has digits right after ${open.text}, which has one digit or two: write ${open.text}${open.text}`;
}

function beginsWithDigit(next: FormatPiece | undefined): boolean {
  if (next === undefined) return false;
  return next.part === undefined ? /^\[?\d/.test(next.text) : !["MMM", "A", "Z"].includes(next.text);
}

function findMissing(pieces: readonly FormatPiece[], { format, time }: DateForm, kind: DateKind): string | undefined {
  const has = (part: string) => pieces.some((piece) => piece.part === part);
  const shown = JSON.stringify(format);
  if (!has("year") && !has("shortYear")) return `${shown} has no year: YYYY, or YY with century`;
  if (!has("month") || !has("day")) return `${shown} has no ${has("month") ? "day: DD or D" : "month: MM, M or MMM"}`;
  if (kind === "date") return undefined;
  const hasHour = has("hour") || has("half");
  if (!hasHour && time === undefined)
    return `${shown} has no time: say which is meant, as { format: ${shown}, time: "00:00", zone: "…" }`;
  if (hasHour && !has("minute")) return `${shown} has hours without minutes: mm`;
  if (!hasHour && (has("minute") || has("second"))) return `${shown} has minutes without hours: HH, H, hh or h`;
  if (has("half") !== has("noon")) return `${shown} has ${has("half") ? "h without A" : "A without h or hh"}`;
  return has("fraction") && !has("second") ? `${shown} has a fraction without seconds: ss` : undefined;
}

function findUnfit(pieces: readonly FormatPiece[], form: DateForm, kind: DateKind): string | undefined {
  const { format, zone, time, repeated, century } = form;
  const has = (...parts: readonly string[]) => pieces.some(({ part }) => part !== undefined && parts.includes(part));
  const shown = JSON.stringify(format);
  if (has("year") && has("shortYear")) return `${shown} gives the year twice`;
  if (has("hour") && has("half")) return `${shown} gives the hour twice`;
  if (has("shortYear") !== (century !== undefined))
    return has("shortYear")
      ? `${shown} has years of two digits: say which are meant, as century: 20 for 2000 to 2099`
      : `${shown} has years of four digits, so century says nothing`;
  if (kind === "date") {
    if (has("hour", "half", "noon", "minute", "second", "fraction", "zone"))
      return `${shown} has a time, and the column holds dates: put what is always the same in brackets`;
    return (zone ?? time ?? repeated) ? "a date has no zone and no time of day" : undefined;
  }
  if (time !== undefined && has("hour", "half")) return `${shown} has a time, so time says nothing`;
  if (has("zone"))
    return (zone ?? repeated) ? `${shown} has the zone in each cell, so zone and repeated say nothing` : undefined;
  return zone === undefined ? 'say in which zone, as zone: "America/Chicago"' : undefined;
}

type MomentParts = Readonly<Record<string, string | undefined>>;

function dayOf({ year, shortYear, month = "", day = "" }: MomentParts, { century }: DateForm): string | undefined {
  const named = MONTHS.indexOf(month.toUpperCase());
  const number = /^\d/.test(month) ? month.padStart(2, "0") : String(named + 1).padStart(2, "0");
  return `${year ?? `${century}${shortYear}`}-${number}-${day.padStart(2, "0")}`;
}

/** As `09:30:00`; undefined for an hour that no clock of twelve hours has. */
function clockOf(
  { hour, half, noon, minute, second = "00", fraction }: MomentParts,
  { time }: DateForm,
): string | undefined {
  if (hour === undefined && half === undefined) return time?.padEnd(8, ":00");
  const hours = half === undefined ? hour : hourOfHalf(Number(half), noon?.toUpperCase() === "PM");
  return hours && `${hours.padStart(2, "0")}:${minute}:${second}${fraction === undefined ? "" : `.${fraction}`}`;
}

function hourOfHalf(hour: number, isAfternoon: boolean): string | undefined {
  return hour < 1 || hour > 12 ? undefined : String((hour % 12) + (isAfternoon ? 12 : 0));
}

const withColon = (zone: string) => (zone === "Z" ? zone : `${zone.slice(0, 3)}:${zone.slice(-2)}`);

function zoneOf(local: string, { zone = "UTC", repeated }: DateForm): string | CellFaults {
  const offsets = offsetsOf(local, zone);
  const [earlier, later] = offsets;
  if (earlier === undefined)
    return fault("instant_not_once", `a clock in ${zone} never shows that time: it is moved forward over it`);
  if (later === undefined) return earlier;
  if (repeated !== undefined) return repeated === "earlier" ? earlier : later;
  return fault(
    "instant_not_once",
    `a clock in ${zone} shows that time twice: say which is meant, as repeated: "earlier" under dates in the job`,
  );
}
