/** The exit codes of the processes, for scripts. */
export const exitCodes = {
  /** Done. For `start --follow`, `offboard --follow` and `watch`: the connector is enabled, or the domain off-boarded. */
  success: 0,
  /** The run failed, was cancelled or terminated, or does not accept the request; or a check found a problem. */
  failed: 1,
  /** Wrong usage or configuration, or the question before a change to how people sign in was not answered with yes. */
  usage: 2,
  /** The run does not exist or has ended; or there is no Schedule, or no drift check that has ended. */
  notFound: 3,
  /** No Temporal server could be reached, or no worker accepted the answer in time. */
  noServer: 4,
  /** Ctrl-C: the code with which a shell reports a process that SIGINT ended. */
  interrupted: 130,
  /** The code with which a shell reports a process that SIGPIPE ended. */
  notRead: 141,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
