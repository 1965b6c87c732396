/**
 * A history is what is done to the command with canaries in its hands, and with which exit codes its commands end.
 */
import type { Stage, StageOptions } from "./stage.ts";

export interface History extends StageOptions {
  readonly name: string;
  readonly codes: readonly (number | null)[];
  /** Gives the exit codes in order. */
  readonly act: (stage: Stage) => Promise<(number | null)[]>;
}

type Command = readonly string[] | readonly [readonly string[], Readonly<Record<string, string>>];

/** JOB in the arguments stands for the job's path. */
export const commands =
  (...all: readonly Command[]): History["act"] =>
  async (stage) => {
    const codes: (number | null)[] = [];
    for (const command of all) {
      const [args, env] = (Array.isArray(command[0]) ? command : [command, {}]) as [string[], Record<string, string>];
      codes.push(
        (
          await stage.run(
            args.map((arg) => (arg === "JOB" ? stage.job : arg)),
            env,
          )
        ).code,
      );
    }
    return codes;
  };

export const RUN = ["run", "JOB"];
