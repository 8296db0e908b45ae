/** Exit codes of the worker, the starter and the trigger. */
export const exitCodes = {
  /** Done: for `start --follow`, `offboard --follow` and `watch`, the connector is enabled, or the domain off-boarded. */
  success: 0,
  /** The run failed, or was cancelled or terminated; it does not accept that answer now; something is wrong, or has drifted. */
  failed: 1,
  /** Wrong usage or configuration, or a change of sign-in that was not agreed to; nothing was done. */
  usage: 2,
  /** No such onboarding, or it has already ended; no drift report, or no Schedule of one. */
  notFound: 3,
  /** No Temporal server could be reached, or no worker received the answer in time. */
  noServer: 4,
  /** Ctrl-C: what a shell reports for a process that SIGINT ended. */
  interrupted: 130,
  /** What a shell reports for a process that SIGPIPE ended. */
  notRead: 141,
} as const;
