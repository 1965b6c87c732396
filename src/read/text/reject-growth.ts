/**
 * How far a compressed file may grow: bytes in and out, why it is rejected.
 */
import type { Rejection } from "../../errors/rejection.ts";
import { counted, grouped } from "../../text/counted.ts";
import type { Limits } from "../reading.ts";

/** Up to this size the ratio does not matter: a small file of similar rows grows a lot. */
const FREE_BYTES = 1024 * 1024;

/** Rejection file_expands_too_far. `kind` completes "the … expands". */
export function rejectGrowth(
  kind: string,
  { expanded, compressed }: { readonly expanded: number; readonly compressed: number },
  limits: Limits,
): Rejection | undefined {
  const code = "file_expands_too_far";
  if (expanded > limits.expandedBytes) {
    return {
      code,
      message: `the ${kind} expands to more than ${counted(limits.expandedBytes, "byte")}`,
      hint: "split the file, or raise limits.expandedBytes in the job",
    };
  }
  if (expanded <= FREE_BYTES || expanded <= compressed * limits.ratio) return undefined;
  return {
    code,
    message: `the ${kind} expands to more than ${grouped(limits.ratio)} times its bytes, judged by the first ${grouped(compressed)} of them`,
    hint: "look at the file; if it is right, raise limits.ratio in the job",
  };
}
