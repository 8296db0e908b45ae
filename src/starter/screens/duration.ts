/** Durations and times relative to now. */

/** Two units at most: `4 s`, `3 min 20 s`, `5 h 12 min`, `2 d 3 h`. */
export function renderDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const units: [name: string, seconds: number][] = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ];
  const first = units.findIndex(([, size]) => whole >= size);
  if (first === -1) return seconds > 0 ? `${seconds.toFixed(1)} s` : '0 s';
  let rest = whole;
  const parts = units.slice(first, first + 2).flatMap(([name, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  return parts.join(' ');
}

/** @param time ISO 8601 */
export function ago(time: string, now: Date): string {
  return `${renderDuration(Math.max(0, (now.getTime() - Date.parse(time)) / 1000))} ago`;
}

/** @param time ISO 8601 */
export function until(time: string, now: Date): string {
  const seconds = (Date.parse(time) - now.getTime()) / 1000;
  return seconds > 0 ? `in ${renderDuration(seconds)}` : 'now';
}
