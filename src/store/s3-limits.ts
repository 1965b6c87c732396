/**
 * How long to wait for S3, and how often to ask again.
 */
export interface S3Limits {
  /** Until a connection is open. */
  readonly connectTimeoutMs: number;
  /** Without a byte on the connection, in a body too. */
  readonly idleTimeoutMs: number;
  /** Of one request, the first included. */
  readonly attempts: number;
  /** How often the reading of one body is continued after it broke off. */
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
