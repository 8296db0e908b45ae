/** Whether a zone's serial number is the newer one: they wrap around (RFC 1982 §3.2). */
export function isNewerSerial(one: number, other: number): boolean {
  return ((one - other) | 0) > 0;
}
