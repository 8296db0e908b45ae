/** What the processes' exit codes mean, for scripts. */
export const exitCodes = {
  /** Done: for `start --follow` and `watch`, the connector is enabled. */
  success: 0,
  /** The onboarding failed, or was cancelled or terminated; something is wrong, or has drifted. */
  failed: 1,
  /** Wrong usage or configuration, or no yes to what changes log-in; nothing was done. */
  usage: 2,
  /** No such onboarding, or no Schedule for drift. */
  notFound: 3,
  /** No Temporal server could be reached. */
  noServer: 4,
  /** Ctrl-C: as a shell reports a process that SIGINT ended. */
  interrupted: 130,
  /** As a shell reports a process that SIGPIPE ended. */
  notRead: 141,
} as const;
