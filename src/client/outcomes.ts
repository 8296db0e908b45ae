/** How an operation on a run ends. The starter maps each to an exit code, the trigger to an HTTP status. */
export type OutcomeKind =
  | 'started'
  /** A run with the same input is in progress. */
  | 'joined'
  /** The event was accepted; a run of its own starts the domain's workflow. */
  | 'accepted'
  /** The same event was accepted before. */
  | 'duplicate'
  /** The id of the event belongs to an event with another content. */
  | 'id-reused'
  /** Something else is in progress for the domain. */
  | 'conflict'
  /** The signal or the cancellation was sent. */
  | 'requested'
  /** The answer was recorded, and what it asks for is done. */
  | 'recorded'
  /** The answer was recorded; what it asks for takes longer. */
  | 'in-progress'
  /** The run does not accept it. */
  | 'rejected'
  /** No worker accepted the answer in time. */
  | 'not-recorded'
  /** The run has ended. */
  | 'ended'
  | 'not-found';
