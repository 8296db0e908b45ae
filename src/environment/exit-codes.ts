/** What the processes' exit codes mean, for scripts. */
export const exitCodes = {
  /** Done: for `start --follow`, `offboard --follow` and `watch`, the connector is enabled, or the domain off-boarded. */
  success: 0,
  /** The run failed, or was cancelled or terminated; it does not take that answer now; something is wrong, or has drifted. */
  failed: 1,
  /** Wrong usage or configuration, or no yes to what changes log-in; nothing was done. */
  usage: 2,
  /** No such onboarding, or it has ended already; no look for drift, or no Schedule of one. */
  notFound: 3,
  /** No Temporal server could be reached, or no worker took the answer in time. */
  noServer: 4,
  /** Ctrl-C: as a shell reports a process that SIGINT ended. */
  interrupted: 130,
  /** As a shell reports a process that SIGPIPE ended. */
  notRead: 141,
} as const;
