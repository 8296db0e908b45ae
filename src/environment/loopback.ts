/** @param hostname as `URL` gives it: nothing that is sent there leaves this machine */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|\[::1\]|127(?:\.\d+){3})$/u.test(hostname);
}
