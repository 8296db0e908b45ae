import { isGrpcServiceError, ServiceError } from '@temporalio/client';

/** gRPC's status for a server that cannot be reached. */
const unavailable = 14;

/** True when the server could not be reached at all. */
export function isUnreachable(error: unknown): boolean {
  return grpcStatus(error) === unavailable;
}

/** True when the server could not be reached, did not answer in time, or would not do what it was asked. */
export function isServerError(error: unknown): boolean {
  return error instanceof ServiceError || grpcStatus(error) !== null;
}

function grpcStatus(error: unknown): number | null {
  const service = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
  return isGrpcServiceError(service) ? service.code : null;
}
