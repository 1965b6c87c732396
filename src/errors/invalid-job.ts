/**
 * The error of a job whose settings cannot be used: each of them by its path, with what to give, and where in whose code the job was made.
 */
import { FatalError } from "./fatal-error.ts";

/** A path as `["values", "status", "F"]`; empty for the job as a whole. */
export interface WrongSetting {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** As `values.status.F: give active, inactive or closed`. */
export function describeSetting({ path, message }: WrongSetting): string {
  return `${path.join(".") || "the job"}: ${message}`;
}

export class InvalidJob extends FatalError {
  readonly settings: readonly WrongSetting[];

  /** `maker` is the function that was asked to make the job: the stack begins where it was called. */
  constructor(settings: readonly WrongSetting[], maker: (...given: never[]) => unknown) {
    super("job_invalid", `the job is not valid: ${settings.map(describeSetting).join("; ")}`, {
      hint: "correct the settings named here in the job file",
    });
    this.settings = settings;
    Error.captureStackTrace(this, maker);
  }
}
