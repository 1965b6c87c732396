/**
 * A real LibreOffice without a window, where PATH has one: CSV files go through a workbook and come back as CSV, as people of a
 * country open and save them.
 */
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

/** What people of a country save CSV as. `code` is Windows' number of the language, which the CSV filter knows. */
export interface Country {
  readonly locale: string;
  readonly code: number;
  readonly separator: string;
  /** The filter's number of the encoding: 76 is UTF-8, 1 is Windows-1252, 65535 is UTF-16. */
  readonly charset: number;
}

export const COUNTRIES: readonly Country[] = [
  { locale: "en-US", code: 1033, separator: ",", charset: 76 },
  { locale: "de-DE", code: 1031, separator: ";", charset: 1 },
  { locale: "fr-FR", code: 1036, separator: ";", charset: 76 },
  { locale: "ja-JP", code: 1041, separator: "\t", charset: 65535 },
  { locale: "ar-SA", code: 1025, separator: ",", charset: 76 },
];

/** `detects`: the program is asked to look for dates and other special numbers in what it opens. */
export interface Trip {
  readonly country: Country;
  readonly book: "xlsx" | "ods";
  readonly detects: boolean;
}

/** LibreOffice where PATH has it. */
export function findSpreadsheet(): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "soffice"))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** The files as they come back, under their own names. */
export async function roundTrip(
  soffice: string,
  files: readonly string[],
  { country, book, detects }: Trip,
): Promise<Readonly<Record<string, Buffer>>> {
  const folder = await mkdtemp(join(tmpdir(), "tieout-office-"));
  try {
    await writeProfile(join(folder, "profile"), country);
    const convert = async (args: readonly string[]) => {
      // A profile of its own: nobody's open LibreOffice is asked to do it.
      const profile = `-env:UserInstallation=${pathToFileURL(join(folder, "profile"))}`;
      await promisify(execFile)(soffice, [profile, "--headless", ...args], { cwd: folder });
    };
    const opened = `CSV:44,34,76,1,,${country.code},false,${detects}`;
    await convert([`--infilter=${opened}`, "--convert-to", book, "--outdir", join(folder, "books"), ...files]);
    const saved = `csv:Text - txt - csv (StarCalc):${country.separator.charCodeAt(0)},34,${country.charset},1,,0,false,true,false`;
    const books = files.map((file) => join(folder, "books", basename(file).replace(/csv$/, book)));
    await convert(["--convert-to", saved, "--outdir", join(folder, "back"), ...books]);
    const names = files.map((file) => basename(file));
    const back = await Promise.all(names.map((name) => readFile(join(folder, "back", name))));
    return Object.fromEntries(names.map((name, at) => [name, withMark(back[at] ?? Buffer.alloc(0), country)]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** UTF-16 has a byte order mark wherever a program with a window saves it. */
function withMark(bytes: Buffer, { charset }: Country): Buffer {
  const mark = Buffer.from([0xff, 0xfe]);
  return charset !== 65535 || bytes.subarray(0, 2).equals(mark) ? bytes : Buffer.concat([mark, bytes]);
}

/** The country decides how numbers and dates are shown, and so saved. */
async function writeProfile(folder: string, { locale }: Country): Promise<void> {
  await mkdir(join(folder, "user"), { recursive: true });
  const item = `<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>${locale}</value></prop></item>`;
  const items = `<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${item}</oor:items>`;
  await writeFile(
    join(folder, "user", "registrymodifications.xcu"),
    `<?xml version="1.0" encoding="UTF-8"?>\n${items}\n`,
  );
}
