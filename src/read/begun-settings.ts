/**
 * Settings for a file of which an earlier start of its run has read a part: the rest is read in the same way, whatever the job says now. Pure.
 */
import type { Reading, ReadSettings } from "./reading.ts";

export function begunSettings<Settings extends ReadSettings>(settings: Settings, begun: Reading): Settings {
  const { header, columns, delimiter, encoding, headerRow } = begun;
  // The header is found by the names that it had then; what its columns mean is in the reading itself.
  const names = header.flatMap((name, at) => (columns[at] ? [[name, columns[at]] as const] : []));
  return {
    ...settings,
    columns: { ...settings.columns, ...Object.fromEntries(names) },
    delimiter,
    ...(encoding !== undefined && { encoding }),
    ...(headerRow !== undefined && { header: headerRow === 0 ? header : headerRow }),
    begun,
  };
}
