/** What the processes' exit codes mean, for scripts. */
export const exitCodes = {
  /** Done: for `start --follow` and `watch`, the connector is enabled. */
  success: 0,
  /** The onboarding failed, or was cancelled or terminated; something is wrong, or has drifted. */
  failed: 1,
  /** Wrong usage or configuration. */
  usage: 2,
  /** No such onboarding, or no Schedule for drift. */
  notFound: 3,
  /** No Temporal server could be reached. */
  noServer: 4,
} as const;
