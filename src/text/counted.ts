/**
 * Figures as people read them, one form everywhere: with separators, and with the noun in the right number. Machines get
 * plain numbers; row numbers, HTTP statuses and values of settings are names rather than figures and stay plain as well.
 */

/** As `5,000`; a text of digits stays exact. Not by Node's locales: to load those takes as long as a fifth of all else that a short command does. */
export function grouped(figure: number | string): string {
  return String(figure).replace(/(?<!\.\d*)\B(?=(\d{3})+(?!\d))/g, ",");
}

/** As `5,000 rows`, and `1 row`; `plural` is given where an s does not make it. */
export function counted(figure: number, what: string, plural = `${what}s`): string {
  return `${grouped(figure)} ${figure === 1 ? what : plural}`;
}
