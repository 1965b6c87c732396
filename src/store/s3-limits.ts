/**
 * How long S3 is waited for, and how often it is asked again.
 */
export interface S3Limits {
  /** Until a connection stands. */
  readonly connectTimeoutMs: number;
  /** Without a byte on the connection, in a body too. */
  readonly idleTimeoutMs: number;
  /** Of one request, the first included. */
  readonly attempts: number;
  /** How often one body that broke off is taken up again. */
  readonly resumes: number;
  /** Before the first resume or second attempt of a write; each further one waits that much longer. */
  readonly resumeDelayMs: number;
  /** Keys per page of a listing; S3 gives at most 1,000. */
  readonly pageSize: number;
}

export const S3_LIMITS: S3Limits = {
  connectTimeoutMs: 5_000,
  idleTimeoutMs: 30_000,
  attempts: 3,
  resumes: 5,
  resumeDelayMs: 500,
  pageSize: 1_000,
};
